/** The written list of files that are no inputs. `docs/inputs.md` has it in words. */
import { isSecretName } from "../internal/secrets.ts";

/** What belongs to the system. */
const SYSTEM: readonly RegExp[] = [
  /^\/(?:proc|sys|dev|etc|run|bin|sbin|lib|lib32|lib64|boot|snap)(?:\/|$)/,
  /^\/usr\/(?:local\/)?(?:bin|sbin|lib|lib32|lib64|libexec|include|share)(?:\/|$)/,
  /^\/var\/(?:lib|cache|run|log)(?:\/|$)/,
  /^\/nix\/store\//,
  /^\/(?:System|Library|Applications|private\/etc|private\/var\/db|opt\/homebrew)(?:\/|$)/,
  /^[A-Za-z]:[\\/](?:Windows|Program Files(?: \(x86\))?|ProgramData)(?:[\\/]|$)/i,
];

/** Folders of packages, interpreters, version control and caches of code, wherever they are. */
const CODE: readonly RegExp[] = [
  /\/(?:site-packages|dist-packages|node_modules|__pycache__|conda-meta|pkgs\/[^/]+\/lib)\//,
  /\/lib(?:64)?\/python\d[^/]*\//,
  /\/(?:lib2to3|pyvenv\.cfg)(?:\/|$)/,
  /\/[^/]+\.(?:dist-info|egg-info|egg-link)(?:\/|$)/,
  /\.(?:pyc|pyo|pyd|so|dylib|dll|exe)$/i,
  /\.so\.[\d.]+$/,
  /\/\.(?:git|hg|svn|jj|mypy_cache|pytest_cache|ruff_cache|ipynb_checkpoints|nyc_output)(?:\/|$)/,
  /\/\.(?:DS_Store|gitignore|gitattributes|gitmodules)$/,
  /\/(?:Thumbs\.db|desktop\.ini)$/,
  /\/\.(?:pyenv|asdf|nvm|fnm|volta|rustup|cargo|rbenv)\//,
];

/** Below the home folder: caches of code and of tools, settings of shells, credentials. */
const HOME: readonly RegExp[] = [
  /^\.cache\/(?:ato|pip|uv|pypoetry|yarn|pnpm|node|deno|bun|go-build|fontconfig|matplotlib|mesa_shader_cache|nvidia|numba|torch_extensions|torchinductor[^/]*|jedi|black|wandb|mlflow|pre-commit)(?:\/|$)/,
  /^\.cache\/huggingface\/modules\//,
  /^\.cache\/huggingface\/(?:token|stored_tokens)$/,
  /^\.cache\/huggingface\/(?:.*\/)?(?:\.locks|\.no_exist)\//,
  /^\.cache\/huggingface\/.*\.lock$/,
  /^\.(?:npm|yarn|pnpm-store|bun|deno|triton|nv|keras\/\.lock|conda|local\/state|local\/share\/(?:pnpm|uv|virtualenv|jupyter)|local\/bin)(?:\/|$)/,
  /^\.config\/(?:matplotlib|git|gcloud|wandb|pip|uv|fish|fontconfig|gh)(?:\/|$)/,
  /^\.(?:ssh|aws|azure|docker|kube|gnupg|kaggle|ipython|jupyter|oh-my-zsh)(?:\/|$)/,
  /^\.(?:netrc|gitconfig|npmrc|yarnrc|yarnrc\.yml|pypirc|condarc|bashrc|bash_profile|bash_history|profile|zshrc|zshenv|zprofile|inputrc|python_history|huggingface\/token)$/,
  /^Library\/(?:Caches\/(?:ato|pip|uv|deno|Yarn|pypoetry|matplotlib|com\.apple\.[^/]*)|Preferences|Fonts|pnpm)(?:\/|$)/,
  /^AppData\/(?:Local|Roaming)\/(?:npm|npm-cache|pip|uv|deno|node-gyp|Microsoft|Programs)(?:\/|$)/,
];

/** What trackers write for themselves. Artifacts and checkpoints below these folders are inputs. */
const TRACKERS: readonly RegExp[] = [
  /\.spill\.jsonl$/,
  /\/mlruns\/(?:(?!\/artifacts\/).)*\/(?:meta\.yaml|(?:params|metrics|tags)\/[^/]+)$/,
  /\/mlruns\/(?:\.trash|\d+\/meta\.yaml)/,
  /\/wandb\/(?:settings|latest-run|debug[^/]*\.log)$/,
];

/** Names of files with secrets, beside those that the name list knows. */
const SECRET_FILES =
  /^(?:\.env.*|.*\.env|\.envrc|\.netrc|_netrc|\.npmrc|\.pypirc|\.htpasswd|\.pgpass|id_(?:rsa|dsa|ecdsa|ed25519)|.*\.(?:pem|key|p12|pfx|jks|keystore|kdbx|ppk|asc)|kaggle\.json)$/i;
const SECRET_FOLDERS =
  /^(?:\.?secrets?|\.?credentials|\.ssh|\.gnupg|\.aws|private[_-]keys?)$/i;

/** Decides whether a file that was read is an input. */
export interface Exclusion {
  /** The project's root, under each path that it has. */
  readonly roots: readonly string[];
  /** The home folder, if it is known. */
  readonly home: string | undefined;
  /** The folders in which Ato keeps its own things. */
  readonly own: readonly string[];
  /** Paths that are code. */
  readonly code: ReadonlySet<string>;
}

/**
 * Tells whether a written rule leaves a file out.
 *
 * @param path An absolute path.
 * @param rules The places that the rules are about.
 */
export function isExcluded(path: string, rules: Exclusion): boolean {
  const plain = path.replaceAll("\\", "/");
  if (isCode(path, rules.code)) return true;
  if (rules.own.some((one) => startsBelow(one, plain))) return true;
  const root = rules.roots.find((one) => startsBelow(one, plain));
  // The project itself may be in a folder whose name is on the list.
  const way = root === undefined ? plain : plain.slice(slashed(root).length);
  if (matches(CODE, way) || matches(TRACKERS, plain)) return true;
  if (root !== undefined) return false;
  const { home } = rules;
  if (home !== undefined && startsBelow(home, plain)) {
    return matches(HOME, plain.slice(slashed(home).length + 1));
  }
  return matches(SYSTEM, plain) && !/\/nltk_data\//.test(plain);
}

function matches(rules: readonly RegExp[], path: string): boolean {
  return rules.some((rule) => rule.test(path));
}

/** Whether a path is code, or below a folder that is. */
export function isCode(path: string, code: ReadonlySet<string>): boolean {
  if (code.size === 0) return false;
  for (
    let end = path.length;
    end > 0;
    end = Math.max(
      path.lastIndexOf("/", end - 1),
      path.lastIndexOf("\\", end - 1),
    )
  ) {
    if (code.has(path.slice(0, end))) return true;
  }
  return false;
}

function slashed(folder: string): string {
  return folder.replaceAll("\\", "/").replace(/\/+$/, "");
}

function startsBelow(folder: string, path: string): boolean {
  return path.startsWith(`${slashed(folder)}/`);
}

/**
 * Tells whether the name of a file says that it holds secrets.
 *
 * @param name The name of the input, with slashes.
 */
export function isSecretFile(name: string): boolean {
  const parts = name.split("/");
  const base = parts.pop() ?? "";
  if (SECRET_FILES.test(base)) return true;
  if (parts.some((part) => SECRET_FOLDERS.test(part))) return true;
  const stem = base.replace(/(?<=.)\..*$/, "");
  return isSecretName(stem) || isSecretName(base);
}
