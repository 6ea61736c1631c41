/** Keys, region and service of a user, from the variables and files of Amazon's own tools. */
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { messageOf } from "../../../internal/errors.ts";
import { visible } from "../../../internal/visible_text.ts";
import { HubError } from "../errors.ts";
import type { S3Address } from "./_address.ts";

/** Environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Who asks, where. */
export interface S3Settings {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | undefined;
  readonly region: string;
  /** The address of the service; `undefined` for Amazon's. */
  readonly endpoint: string | undefined;
}

/**
 * Reads the settings as Amazon's tools do: what the address says, then the environment variables, then the profile in
 * `~/.aws/credentials` and `~/.aws/config`.
 *
 * @throws {HubError} If there are no keys.
 */
export function readSettings(
  address: S3Address,
  { environment, shown }: {
    readonly environment: Environment;
    readonly shown: string;
  },
): S3Settings {
  // An empty variable counts as one that is not set.
  const get = (name: string): string | undefined =>
    environment[name] || undefined;
  const name = address.profile ?? get("AWS_PROFILE") ??
    get("AWS_DEFAULT_PROFILE") ?? "default";
  const profile = readProfile(name, get, shown);
  const given = {
    aws_access_key_id: get("AWS_ACCESS_KEY_ID"),
    aws_secret_access_key: get("AWS_SECRET_ACCESS_KEY"),
    aws_session_token: get("AWS_SESSION_TOKEN"),
  };
  const hasGiven = given.aws_access_key_id !== undefined &&
    given.aws_secret_access_key !== undefined;
  const keys = hasGiven && address.profile === undefined
    ? given
    : Object.fromEntries(profile);
  const {
    aws_access_key_id: accessKeyId,
    aws_secret_access_key: secretAccessKey,
    aws_session_token: sessionToken,
  } = keys;
  if (!accessKeyId || !secretAccessKey) {
    throw new HubError(
      `Cannot open ${shown}: there are no keys for it; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, ` +
        `or write them into ~/.aws/credentials under [${visible(name)}] ` +
        '(for a role or a single sign-on: eval "$(aws configure export-credentials --format env)")',
      { problem: "refused" },
    );
  }
  const endpoint = address.endpoint ?? get("AWS_ENDPOINT_URL_S3") ??
    get("AWS_ENDPOINT_URL") ?? profile.get("endpoint_url");
  if (
    endpoint !== undefined &&
    !/^https?:\/\/[^/@?#]+(?:\/[^?#]*)?$/i.test(endpoint)
  ) {
    throw new HubError(
      `Cannot open ${shown}: the address of the service in AWS_ENDPOINT_URL or endpoint_url is not one like https://host:port`,
      { problem: "usage" },
    );
  }
  return {
    accessKeyId,
    secretAccessKey,
    sessionToken: sessionToken || undefined,
    region: address.region ?? get("AWS_REGION") ??
      get("AWS_DEFAULT_REGION") ?? profile.get("region") ?? "us-east-1",
    endpoint,
  };
}

function readProfile(
  name: string,
  get: (name: string) => string | undefined,
  shown: string,
): Map<string, string> {
  const folder = join(get("HOME") ?? get("USERPROFILE") ?? homedir(), ".aws");
  const files: [path: string, section: string][] = [
    [
      get("AWS_CONFIG_FILE") ?? join(folder, "config"),
      name === "default" ? name : `profile ${name}`,
    ],
    [
      get("AWS_SHARED_CREDENTIALS_FILE") ?? join(folder, "credentials"),
      name,
    ],
  ];
  const values = new Map<string, string>();
  for (const [path, section] of files) {
    for (const [key, value] of sectionIn(textOf(path, shown), section)) {
      values.set(key, value);
    }
  }
  return values;
}

function textOf(path: string, shown: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as { code?: unknown }).code === "ENOENT") return "";
    throw new HubError(
      `Cannot open ${shown}: ${visible(path)} cannot be read (${
        visible(messageOf(error))
      })`,
      { problem: "refused" },
    );
  }
}

/** The values of a section. A line that is indented belongs to the value above, as a setting of one service. */
function* sectionIn(
  text: string,
  wanted: string,
): Iterable<readonly [key: string, value: string]> {
  let isInside = false;
  for (const line of text.split(/\r?\n/)) {
    const section = /^\s*\[\s*(.*?)\s*\]/.exec(line)?.[1];
    if (section !== undefined) {
      isInside = section.replaceAll(/\s+/g, " ") === wanted;
    }
    const pair = /^([^\s=#;[][^=]*?)\s*=\s*(.*?)\s*$/.exec(line);
    if (isInside && pair !== null) yield [pair[1]!.toLowerCase(), pair[2]!];
  }
}
