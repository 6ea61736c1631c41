/**
 * Real servers that speak S3, on loopback: `moto`, which is the model of AWS that its users test with, and `versitygw`,
 * which checks signatures and stores in files.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import process from "node:process";
import { readAddress } from "../../sync/hub/s3/_address.ts";
import { S3Client } from "../../sync/hub/s3/_client.ts";
import { type EngineServer, serve } from "../_shared/engine_server.ts";
import { freePort } from "../_shared/free_port.ts";
import { makeTempFolder } from "../_shared/temp_folder.ts";

/** The keys of the servers. */
export const KEYS: Readonly<Record<string, string>> = {
  AWS_ACCESS_KEY_ID: "ATOTESTKEY",
  AWS_SECRET_ACCESS_KEY: "p@s:s/w+o=r&d%s3cret",
  // No settings of the user who runs the tests.
  AWS_CONFIG_FILE: "/nonexistent/config",
  AWS_SHARED_CREDENTIALS_FILE: "/nonexistent/credentials",
  AWS_REGION: "us-east-1",
};

/** The bucket that each server has. */
export const BUCKET = "team-runs";

/** A kind of server. */
export interface S3Kind {
  readonly name: string;
  /** Why its tests are skipped; `false` if they are not. */
  readonly skip: string | false;
  /** Starts it, with a bucket. */
  start(): Promise<S3Server>;
}

/** A server that runs. */
export interface S3Server extends EngineServer {
  /** The address of a hub in the bucket. */
  hub(folder: string): string;
}

const MOTO = process.env["ATO_MOTO_PYTHON"] ?? "";
const VERSITYGW = process.env["ATO_VERSITYGW"] || "versitygw";

/**
 * Starts moto with one thread. With several, as its command does, the check of a condition and the write are not one
 * step: now and then two writers come through, and `ato hub init` refuses it.
 */
const MOTO_PROGRAM = `
import sys
from werkzeug.serving import run_simple
from moto.server import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
app = DomainDispatcherApplication(create_backend_app)
run_simple("127.0.0.1", int(sys.argv[1]), app, threaded=False, request_handler=MotoRequestHandler)
`;

/** The server `moto`, which is written in Python; it keeps conditional writes, and checks no signature. */
export const MOTO_SERVER: S3Kind = {
  name: "moto",
  skip: MOTO !== "" && existsSync(MOTO)
    ? false
    : "there is no moto: set ATO_MOTO_PYTHON to a Python that has it (pip install 'moto[s3]' flask flask-cors)",
  start: () =>
    start(({ port }) => ({
      command: [MOTO, "-c", MOTO_PROGRAM, `${port}`],
    })),
};

/** The server `versitygw`, which is written in Go. */
export const VERSITY_SERVER: S3Kind = {
  name: "versitygw",
  skip: spawnSync(VERSITYGW, ["--version"]).status === 0
    ? false
    : "there is no versitygw: set ATO_VERSITYGW to the program (go install github.com/versity/versitygw/cmd/versitygw@latest)",
  start: () =>
    start(({ port, folder }) => ({
      command: [
        VERSITYGW,
        ...["--port", `127.0.0.1:${port}`, "--quiet"],
        ...["--access", KEYS["AWS_ACCESS_KEY_ID"]!],
        ...["--secret", KEYS["AWS_SECRET_ACCESS_KEY"]!],
        ...["posix", folder],
      ],
    })),
};

/** All kinds. */
export const S3_KINDS: readonly S3Kind[] = [MOTO_SERVER, VERSITY_SERVER];

async function start(
  how: (at: { port: number; folder: string }) => { command: string[] },
): Promise<S3Server> {
  const [folder, port] = [makeTempFolder("s3"), await freePort()];
  const url = `http://127.0.0.1:${port}`;
  const server = await serve({
    folder,
    port,
    url,
    ...how({ port, folder }),
    isReady: () => answers(url),
  });
  const hub = (name: string) => `s3+${url}/${BUCKET}/${name}`;
  const client = new S3Client(readAddress(hub("x")), "the test's bucket", {
    environment: KEYS,
  });
  await client.send({ method: "PUT" });
  return { ...server, hub };
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url);
    await response.body?.cancel();
    return true;
  } catch {
    // It is not up yet.
    return false;
  }
}

/** Sets the variables that name the keys, for functions that take an address; the result puts back what was there. */
export function useKeys(): () => void {
  const before = Object.keys(KEYS).map((name) =>
    [name, process.env[name]] as const
  );
  Object.assign(process.env, KEYS);
  return () => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  };
}
