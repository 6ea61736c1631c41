import { fingerprintDeep } from "@ato/ato/fingerprint";

const double = (x: number) => 2 * x;
console.log(
  (await fingerprintDeep(double, { module: import.meta.url })).reason,
);
