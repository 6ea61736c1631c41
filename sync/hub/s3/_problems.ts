/** What a service that speaks S3 refuses, as sentences that say how to mend it. */
import type { HubProblem } from "../errors.ts";
import { visible } from "../../../internal/visible_text.ts";
import type { S3Fault } from "./_xml.ts";

/** An answer that is none of what was asked for. */
export interface Refusal extends S3Fault {
  readonly status: number;
}

const UNKNOWN_KEY =
  "the service does not know the access key; check AWS_ACCESS_KEY_ID, or the profile in ~/.aws/credentials";
const OLD_TOKEN =
  "the session has expired, or its token is not of this key; log in again, and set AWS_ACCESS_KEY_ID, " +
  "AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN together";
const FULL = "there is no space left; make space, or have the quota raised";
const NO_CONDITIONS =
  "the service does not know a kind of request that a hub needs; use another service, a folder or Postgres";
const OTHER_REGION =
  "the bucket is in another region; name it with AWS_REGION or ?region=NAME";

/** S3's codes. */
const CODES: Readonly<Record<string, readonly [HubProblem, string]>> = {
  InvalidAccessKeyId: ["refused", UNKNOWN_KEY],
  // What versitygw says.
  XAdminUserNotFound: ["refused", UNKNOWN_KEY],
  SignatureDoesNotMatch: [
    "refused",
    "the secret key is not that of the access key; check AWS_SECRET_ACCESS_KEY, or the profile in ~/.aws/credentials",
  ],
  ExpiredToken: ["refused", OLD_TOKEN],
  InvalidToken: ["refused", OLD_TOKEN],
  TokenRefreshRequired: ["refused", OLD_TOKEN],
  RequestTimeTooSkewed: [
    "refused",
    "the clock of this machine is more than 15 minutes wrong; set it",
  ],
  PermanentRedirect: ["usage", OTHER_REGION],
  TemporaryRedirect: ["usage", OTHER_REGION],
  AuthorizationHeaderMalformed: ["usage", OTHER_REGION],
  IllegalLocationConstraintException: ["usage", OTHER_REGION],
  InvalidBucketName: ["usage", "there cannot be a bucket of this name"],
  QuotaExceeded: ["full", FULL],
  QuotaExceededException: ["full", FULL],
  XMinioStorageFull: ["full", FULL],
  InsufficientStorage: ["full", FULL],
  NotImplemented: ["other", NO_CONDITIONS],
  MethodNotAllowed: ["other", NO_CONDITIONS],
};

/** Codes after which the same request can succeed. */
const PASSING = new Set([
  "SlowDown",
  "SlowDownRead",
  "SlowDownWrite",
  "InternalError",
  "ServiceUnavailable",
  "RequestTimeout",
  "OperationAborted",
  "ConditionalRequestConflict",
  "ThrottlingException",
  "TooManyRequests",
  // What was sent was changed or cut off on its way.
  "XAmzContentSHA256Mismatch",
  "BadDigest",
  "IncompleteBody",
]);

/** Whether the same request can succeed if it is sent again. */
export function isPassing({ status, code }: Refusal): boolean {
  if (PASSING.has(code)) return true;
  return [408, 429, 500, 502, 503, 504].includes(status);
}

/** The class and the sentence of a refusal. */
export function problemOf(
  refusal: Refusal,
  bucket: string,
): readonly [HubProblem, string] {
  const { status, code, message } = refusal;
  const known = CODES[code];
  if (known !== undefined) return known;
  if (code === "NoSuchBucket") {
    return [
      "missing",
      `there is no bucket ${bucket}; make it with aws s3 mb s3://${bucket}, or as your service says`,
    ];
  }
  if (isPassing(refusal)) {
    return [
      "unreachable",
      `the service answers ${code || status} again and again; try again later`,
    ];
  }
  if (status === 401 || status === 403) {
    return [
      "refused",
      `the access key lacks a permission; ask for s3:ListBucket on ${bucket} and for s3:GetObject and s3:PutObject ` +
      `on what is in it (s3:DeleteObject, too, for ato hub init and gc)`,
    ];
  }
  if (status === 507) return ["full", FULL];
  if (status >= 300 && status < 400) return ["usage", OTHER_REGION];
  const said = [code, message].filter((text) => text !== "").join(": ");
  return [
    "other",
    said === ""
      ? `the answer (${status}) is not one of S3; check the address of the service`
      : `the service answers ${status} ${visible(said.slice(0, 300))}`,
  ];
}

/**
 * The class and the sentence of a connection that did not come about, or broke. Only what is `unreachable` can be mended
 * by waiting.
 */
export function connectionProblem(
  error: unknown,
): readonly [HubProblem, string] {
  const texts: string[] = [];
  for (let at = error; at instanceof Error; at = at.cause) {
    texts.push(`${at.message} ${(at as { code?: unknown }).code ?? ""}`);
  }
  const text = texts.join(" ");
  if (/wrong.version.number|InvalidContentType|packet length/i.test(text)) {
    return ["usage", "it does not speak TLS; write http in place of https"];
  }
  if (/certificate|self.signed|UnknownIssuer|CERT_/i.test(text)) {
    return [
      "refused",
      "its certificate is not trusted; give that of its authority in DENO_CERT or NODE_EXTRA_CA_CERTS",
    ];
  }
  return [
    "unreachable",
    /ENOTFOUND|EAI_AGAIN|dns error|failed to lookup/i.test(text)
      ? "there is no such host; check the address of the service"
      : "it does not answer; check host and port, and that it is running",
  ];
}
