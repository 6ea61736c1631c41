/**
 * The samplers that are measured on tables of learning curves.
 *
 * @module
 */
import { bohbSampler } from "../../hyperopt/samplers/bohb.ts";
import { cmaEsSampler } from "../../hyperopt/samplers/cma_es.ts";
import { gaussianProcessSampler } from "../../hyperopt/samplers/gaussian_process.ts";
import { randomSampler } from "../../hyperopt/samplers/random.ts";
import type { Sampler } from "../../hyperopt/samplers/sampler.ts";
import { sobolSampler } from "../../hyperopt/samplers/sobol.ts";
import { tpeSampler } from "../../hyperopt/samplers/tpe.ts";
import type { Space } from "../../hyperopt/spaces/space.ts";
import type { Values } from "./functions.ts";

/** What a sampler can be made for. */
export interface SamplerRequest {
  readonly space: Space<Values>;
  readonly seed: number;
  /** The name of the scheduler, for samplers that depend on it. */
  readonly scheduler: string;
  /** The options that the command line gave it. */
  readonly options: Readonly<Record<string, unknown>>;
}

const SAMPLERS: Readonly<Record<string, (asked: SamplerRequest) => Sampler>> = {
  random: ({ space }) => randomSampler(space),
  sobol: ({ space, seed, options }) =>
    sobolSampler(space, { seed, ...options }),
  tpe: ({ space, options }) => tpeSampler(space, options),
  bohb: ({ space, options }) => bohbSampler(space, options),
  "cma-es": ({ space, options }) => cmaEsSampler(space, options),
  gp: ({ space, options }) => gaussianProcessSampler(space, options),
};

/**
 * Makes a sampler by its name and options.
 *
 * @param text For example `tpe`, or `tpe:startup=20:goodShare=0.25` with options that are read as JSON.
 */
export function makeSampler(
  text: string,
  asked: Omit<SamplerRequest, "options">,
): Sampler {
  const [name = "", ...given] = text.split(":");
  const make = SAMPLERS[name];
  if (make === undefined) {
    throw new RangeError(
      `Cannot measure the sampler ${name}: give ${
        Object.keys(SAMPLERS).join(", ")
      }`,
    );
  }
  const options = Object.fromEntries(given.map((part) => {
    const at = part.indexOf("=");
    return [part.slice(0, at), JSON.parse(part.slice(at + 1))];
  }));
  return make({ ...asked, options });
}
