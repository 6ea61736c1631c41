/** Which names are those of metrics. */

/** Words of the names of metrics. In a line without a step, a name needs one of them, unless it is `name=value`. */
const WORDS: ReadonlySet<string> = new Set(
  ("loss losses nll elbo bce ce kl kld entropy logloss cost objective energy residual " +
    "acc accuracy precision recall f1 fscore auc auroc auprc ap map mrr ndcg hits top1 top5 mcc kappa iou miou dice " +
    "err error rmse mse mae mape rmsle r2 mad deviance likelihood loglik l1 l2 " +
    "ppl perplexity bpc bpb bleu rouge meteor chrf wer cer ter " +
    "psnr ssim lpips fid score reward return returns " +
    "fitness regret silhouette inertia").split(" "),
);

/** Words of names that are settings, unless the line says a step. */
const WITH_STEP: ReadonlySet<string> = new Set(
  "lr norm gradnorm mfu".split(" "),
);

/** Names that are no metrics: what identifies a run or a process, and settings that programs print. */
const NOT_METRICS: ReadonlySet<string> = new Set(
  "v_num pid ppid port rank local_rank world_size version num_workers n_gpu gpu_id"
    .split(" "),
);

/** Names of settings: in a line that says no step they are the config, e.g. `lr=0.1 batch_size=32`. */
const SETTINGS: ReadonlySet<string> = new Set(
  ("lr learning_rate base_lr initial_lr eta eta0 momentum weight_decay dropout alpha beta gamma lambda c tol l1_ratio " +
    "reg_alpha reg_lambda batch_size bs train_batch_size eval_batch_size batch epochs num_epochs n_epochs max_epochs " +
    "num_train_epochs steps max_steps total_steps warmup_steps max_iter num_rounds num_boost_round iterations seed " +
    "random_state random_seed n_estimators max_depth min_child_weight num_leaves min_samples_split min_samples_leaf " +
    "max_features n_neighbors n_clusters n_components degree n_jobs num_threads threads workers hidden_size hidden_dim " +
    "n_layer n_layers num_layers n_head n_heads num_heads n_embd block_size vocab_size patience folds n_splits " +
    "test_size subsample colsample_bytree").split(" "),
);

/** Times and what machines do: they are not results, and they differ between equal runs. */
const TIMES =
  /^(?:.*[_\s/])?(?:time|seconds|secs?|ms|eta|elapsed|remaining|runtime|per_second|it\/s|tok\/sec|memory|mem|data)$/i;

/** Whether a name is known not to be that of a metric. */
export function isNoMetric(name: string): boolean {
  return NOT_METRICS.has(name.toLowerCase());
}

/** Whether a name is that of a setting. */
export function isSetting(name: string): boolean {
  return SETTINGS.has(name.replace(/^.*__/, "").toLowerCase());
}

/**
 * Whether a word before a mapping says that it holds settings: `Best params: {'C': 1}`.
 *
 * @param text What is before the mapping.
 */
export function namesSettings(text: string): boolean {
  return /(?:config|conf|param|arg|setting|option|flag|hyper)/i.test(text);
}

/** Whether a name is that of a time or of a resource. */
export function isTime(name: string): boolean {
  return TIMES.test(name);
}

/**
 * Whether a name has a word of {@linkcode WORDS}: `val_acc`, `Acc@1`, `train-rmse`, `trainLoss`.
 *
 * @param name The name, of one or more words.
 * @param hasStep Whether the line says a step.
 */
export function isMetricName(name: string, hasStep: boolean): boolean {
  const words = name.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase()
    .split(/[^a-z0-9]+/);
  return words.some((word) =>
    WORDS.has(word) || (hasStep && WITH_STEP.has(word))
  );
}

/** Whether a name alone, without a step, is that of a message rather than a metric: `error: 404`. */
export function isMessageWord(name: string): boolean {
  return /^(?:err|error|return|score|cost|map|energy)$/i.test(name);
}

/** Writes a printed name as one word: `val loss` is `val_loss`, `valid_1's l2` is `valid_1/l2`. */
export function metricName(text: string, part = ""): string {
  const name = text.trim().replace(/'s\s+/g, "/").replace(/\.?\s+/g, "_");
  const has = part !== "" &&
    name.toLowerCase().split(/[^a-z]+/).some((word) => partOf(word) === part);
  return part === "" || has ? name : `${part}/${name}`;
}

/** The part of the data that a word names; training is what metrics are of unless a line says otherwise. */
export function partOf(word: string): string {
  const lower = word.toLowerCase();
  if (/^val(?:id(?:ation)?)?$/.test(lower)) return "val";
  if (/^test(?:ing)?$/.test(lower)) return "test";
  if (/^eval(?:uation)?$/.test(lower)) return "eval";
  return lower === "dev" ? "dev" : "";
}
