/**
 * Searches on NATS JetStream.
 *
 * @module
 */
import type { EngineAddress } from "../_address.ts";
import type { EngineOptions } from "../_engine.ts";
import { checkFormat } from "../_format.ts";
import { shorten } from "../_limits.ts";
import { loadPackage } from "../_load_package.ts";
import { EngineWords } from "../_network.ts";
import { searchTag } from "../_search_tag.ts";
import type { NatsConnection, NatsModule } from "./_client.ts";
import { JetStream, NobodyAnswersError } from "./_jetstream.ts";
import { judgeNats } from "./_judge.ts";
import { Link } from "./_link.ts";
import { NatsEngine } from "./_nats_engine.ts";
import { formatOf, makeWork, streamNames } from "./_streams.ts";

const PACKAGE = "@nats-io/transport-node";

/** The oldest server, whose streams publish what they have stored. */
const OLDEST = [2, 9] as const;

/**
 * Connects to a search on NATS JetStream.
 *
 * @param address The address.
 * @param options The search.
 * @throws {EngineError} If the server cannot be used.
 */
export async function connectNats(
  address: EngineAddress,
  { searchId, lease, patience }: EngineOptions,
): Promise<NatsEngine> {
  const nats = await loadPackage<NatsModule>(PACKAGE, [PACKAGE]);
  const words = new EngineWords(address);
  const link = new Link(nats, address, patience);
  const jetStream = new JetStream(nats, link, address.database);
  const names = streamNames(searchTag(searchId));
  try {
    checkServer(await link.get(), words);
    const format = await formatOf(jetStream, names).catch((error) => {
      if (!(error instanceof NobodyAnswersError)) throw error;
      throw noDomain(words, address);
    });
    if (format !== undefined) {
      const what = `the search ${JSON.stringify(shorten(searchId))}`;
      checkFormat(words, what, format);
    }
    await makeWork(jetStream, names, lease);
    return new NatsEngine({ jetStream, words, names, lease });
  } catch (error) {
    link.close();
    throw words.first(judgeNats(words, error));
  }
}

function checkServer({ info }: NatsConnection, words: EngineWords): void {
  const version = info?.version ?? "";
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major < OLDEST[0] || major === OLDEST[0] && minor < OLDEST[1]) {
    throw words.error(
      "version",
      `it is NATS ${version || "of an unknown version"}; a search needs ${
        OLDEST.join(".")
      } or newer`,
    );
  }
}

/** Nobody answers to JetStream's API at the first call. */
function noDomain(words: EngineWords, { database }: EngineAddress) {
  return words.error(
    "database",
    database === undefined
      ? "its JetStream is off, which keeps the data; start it with -js, or with a `jetstream` block in its settings"
      : "there is no JetStream domain of this name; correct the end of the URL, or leave it out",
  );
}
