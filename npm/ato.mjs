#!/usr/bin/env node
/**
 * Starts the command line from the package for npm: `npx ato`. Plain JavaScript without static imports of
 * the package, so that a Node that is too old gets a sentence instead of a syntax error.
 */
import process from "node:process";

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major > 22 || (major === 22 && minor >= 13)) {
  const { main } = await import("../cli/main.js");
  process.exitCode = await main(process.argv.slice(2));
} else {
  console.error(
    `ato: Cannot start: it needs Node 22.13 or newer, and this is Node ${process.versions.node}; update Node`,
  );
  process.exitCode = 2;
}
