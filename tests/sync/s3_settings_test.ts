/** Addresses of buckets, and the variables and files of Amazon's tools. */
import { test } from "node:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { baseOf, encodeKey, readAddress } from "../../sync/hub/s3/_address.ts";
import { readSettings } from "../../sync/hub/s3/_settings.ts";
import { readFault, readPage } from "../../sync/hub/s3/_xml.ts";
import { HubError, initHub, shownUrl } from "../../sync/mod.ts";
import { runWithoutPackages } from "../_shared/without_packages.ts";
import { inFolder } from "./_lib.ts";

test("addresses: bucket, folder, service, region and profile", () => {
  const read = (url: string) => {
    const { bucket, root, endpoint, region, profile } = readAddress(url);
    return [endpoint, bucket, root, region, profile].map((one) => one ?? "-")
      .join(" ");
  };
  assertEquals(read("s3://team"), "- team  - -");
  assertEquals(read("s3://team/"), "- team  - -");
  assertEquals(read("S3://team/a/b c"), "- team a/b c/ - -");
  assertEquals(
    read("s3://Old_Bucket.x/a%20b/?region=eu-west-1&profile=lab"),
    "- Old_Bucket.x a%20b/ eu-west-1 lab",
  );
  assertEquals(
    read("s3+http://[::1]:9000/team/a"),
    "http://[::1]:9000 team a/ - -",
  );
  for (
    const [url, says] of [
      ["s3://", "names no bucket"],
      ["s3+https://host", "names no bucket"],
      ["s3+https://host/", "names no bucket"],
      ["s3+https:///team", "its host is none"],
      ["s3:team", "it is not an address"],
      ["s3://-x", "a bucket's name has"],
      ["s3://team//a", "is empty, a dot"],
      ["s3://team/../a", "is empty, a dot"],
      ["s3://team/a\u0000b", "odd characters"],
      ["s3://team/a?regoin=x", "there are profile and region"],
      ["s3://AKIA:hunter22@team/a", "keys are not taken from an address"],
      ["s3+http://AKIA:hunter22@host/team/a", "keys are not taken"],
    ]
  ) {
    const error = assertThrows(() => readAddress(url!), HubError, says);
    assertEquals(error.problem, "usage");
    assert(!error.message.includes("hunter22"), error.message);
  }
  assertEquals(shownUrl("s3+http://AKIA:x@h/b"), "s3+http://***@h/b");
});

test("a wrong scheme is corrected", async () => {
  await assertRejects(
    () => initHub("s4://team/a"),
    HubError,
    "did you mean s3://",
  );
});

test("where a bucket is, and how keys are written", () => {
  const at = (
    bucket: string,
    region: string,
    endpoint: string | undefined = undefined,
  ) => baseOf({ bucket, region, endpoint });
  assertEquals(
    at("team", "eu-west-1"),
    "https://team.s3.eu-west-1.amazonaws.com",
  );
  assertEquals(
    at("my.team", "eu-west-1"),
    "https://s3.eu-west-1.amazonaws.com/my.team",
  );
  assertEquals(
    at("team", "cn-north-1"),
    "https://team.s3.cn-north-1.amazonaws.com.cn",
  );
  assertEquals(at("team", "auto", "http://h:1/"), "http://h:1/team");
  assertEquals(encodeKey("a/b c+d(e)/ü"), "a/b%20c%2Bd%28e%29/%C3%BC");
});

test("variables come before files, and an address before both", async () => {
  await inFolder((folder) => {
    const [credentials, config] = [
      join(folder, "credentials"),
      join(folder, "config"),
    ];
    writeFileSync(
      credentials,
      "# mine\r\n[default]\r\naws_access_key_id=FILE\r\naws_secret_access_key = a=b \r\n" +
        "[lab]\naws_access_key_id = LAB\naws_secret_access_key = labsecret\naws_session_token = token\n",
    );
    writeFileSync(
      config,
      "[default]\nregion = us-west-2\ns3 =\n  region = nested\n  endpoint_url = http://nested\n" +
        "[profile  lab ]\nregion=eu-north-1\nendpoint_url = https://lab.example/s3\n[lab]\nregion = none\n",
    );
    const files = {
      AWS_SHARED_CREDENTIALS_FILE: credentials,
      AWS_CONFIG_FILE: config,
    };
    const read = (url: string, environment: Record<string, string>) => {
      const found = readSettings(readAddress(url), {
        environment: { ...files, ...environment },
        shown: "s3://x",
      });
      const { accessKeyId, secretAccessKey, sessionToken, region, endpoint } =
        found;
      return [accessKeyId, secretAccessKey, sessionToken, region, endpoint]
        .map((one) => one ?? "-").join(" ");
    };
    const given = { AWS_ACCESS_KEY_ID: "ENV", AWS_SECRET_ACCESS_KEY: "envs" };
    const lab = "LAB labsecret token eu-north-1 https://lab.example/s3";
    assertEquals(read("s3://team", {}), "FILE a=b - us-west-2 -");
    assertEquals(read("s3://team", { AWS_PROFILE: "lab" }), lab);
    assertEquals(read("s3://team?profile=lab", given), lab);
    assertEquals(
      read("s3://team", {
        ...given,
        AWS_REGION: "",
        AWS_DEFAULT_REGION: "r-1",
      }),
      "ENV envs - r-1 -",
    );
    assertEquals(
      read("s3://team?region=r-2", {
        ...given,
        AWS_SESSION_TOKEN: "t",
        AWS_REGION: "r-1",
        AWS_ENDPOINT_URL: "http://all:1",
        AWS_ENDPOINT_URL_S3: "http://s3:1",
      }),
      "ENV envs t r-2 http://s3:1",
    );
    assertEquals(
      read("s3+http://h:1/team", { ...given, AWS_ENDPOINT_URL: "http://all" }),
      "ENV envs - us-west-2 http://h:1",
    );
    const none = assertThrows(
      () => read("s3://team?profile=nobody", given),
      HubError,
      "under [nobody]",
    );
    assertEquals(none.problem, "refused");
    // Half of a pair is none.
    assertThrows(
      () =>
        readSettings(readAddress("s3://team"), {
          environment: { HOME: folder, AWS_ACCESS_KEY_ID: "ENV" },
          shown: "s3://team",
        }),
      HubError,
      "there are no keys",
    );
    assertThrows(
      () => read("s3://team", { ...given, AWS_ENDPOINT_URL: "localhost:9000" }),
      HubError,
      "https://host:port",
    );
  });
});

test("answers in XML: entities, empty lists, other orders of elements", () => {
  const page = readPage(
    `<?xml version="1.0"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">` +
      `<Contents><Size>7</Size><LastModified>2026-11-29T23:00:00.000Z</LastModified><Key>a&amp;b&#x41;&#66;</Key>` +
      `<Owner><ID>x</ID></Owner></Contents><IsTruncated>true</IsTruncated>` +
      `<NextContinuationToken>1&lt;2</NextContinuationToken></ListBucketResult>\n`,
  );
  assertEquals(page, {
    keys: [{ key: "a&bAB", size: 7, at: Date.UTC(2026, 10, 29, 23) }],
    next: "1<2",
  });
  assertEquals(
    readPage("<ListBucketResult><Prefix/></ListBucketResult>"),
    { keys: [], next: undefined },
  );
  assertEquals(readFault("<h1>Bad gateway</h1>").code, "");
  assertEquals(
    readFault("<Error><Code>NoSuchKey</Code><Region>r</Region></Error>"),
    { code: "NoSuchKey", message: "", region: "r" },
  );
});

const PROGRAM = `
import { S3Store } from "./sync/hub/s3/s3_store.ts";
const environment = { AWS_ACCESS_KEY_ID: "a", AWS_SECRET_ACCESS_KEY: "b" };
try {
  await new S3Store("s3+http://127.0.0.1:1/team/a", { environment }).prepare();
} catch (error) {
  console.log(error.problem + " " + error.message);
}
`;

test("without the package, a sentence says how to install it", async () => {
  const { out, err } = await runWithoutPackages(PROGRAM, [
    "sync/hub",
    "internal",
  ]);
  assertEquals(
    out,
    "usage Cannot open s3+http://127.0.0.1:1/team/a: the package aws4fetch is not installed; " +
      "install it with: npm install aws4fetch (Deno: deno add npm:aws4fetch)",
    err,
  );
});
