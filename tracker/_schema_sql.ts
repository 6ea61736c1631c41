/** The SQL of every schema version. `docs/database.md` explains the tables. */

/** Marks a file as one of Ato in its header ("Ato1"). */
export const APPLICATION_ID = 0x41746f31;

/** The tables of Python ato, with its columns, types and index names. */
export const PYTHON_TABLES = `
CREATE TABLE IF NOT EXISTS projects (
  id INTEGER NOT NULL, name VARCHAR NOT NULL, description TEXT, created_at DATETIME,
  PRIMARY KEY (id));
CREATE UNIQUE INDEX IF NOT EXISTS ix_projects_name ON projects (name);

CREATE TABLE IF NOT EXISTS experiments (
  id INTEGER NOT NULL, project_id INTEGER NOT NULL, config JSON NOT NULL,
  structural_hash VARCHAR(64), tags JSON, status VARCHAR, start_time DATETIME, end_time DATETIME,
  PRIMARY KEY (id), FOREIGN KEY(project_id) REFERENCES projects (id));
CREATE INDEX IF NOT EXISTS ix_experiments_project_id ON experiments (project_id);
CREATE INDEX IF NOT EXISTS ix_experiments_status ON experiments (status);
CREATE INDEX IF NOT EXISTS ix_experiments_structural_hash ON experiments (structural_hash);

CREATE TABLE IF NOT EXISTS artifacts (
  id INTEGER NOT NULL, run_id INTEGER NOT NULL, path VARCHAR NOT NULL, data_type VARCHAR,
  data_info JSON, PRIMARY KEY (id), FOREIGN KEY(run_id) REFERENCES experiments (id));
CREATE INDEX IF NOT EXISTS ix_artifacts_run_id ON artifacts (run_id);

CREATE TABLE IF NOT EXISTS fingerprints (
  id INTEGER NOT NULL, run_id INTEGER NOT NULL, trace_id VARCHAR NOT NULL,
  trace_type VARCHAR(32) NOT NULL, fingerprint VARCHAR(128) NOT NULL,
  PRIMARY KEY (id), FOREIGN KEY(run_id) REFERENCES experiments (id));
CREATE INDEX IF NOT EXISTS ix_fingerprints_run_id ON fingerprints (run_id);
`;

/** The columns that Ato adds to them. An INSERT may leave out all of them, so that Python ato can still write. */
export const OWN_COLUMNS = `
ALTER TABLE experiments ADD COLUMN uuid TEXT;
ALTER TABLE experiments ADD COLUMN name TEXT;
ALTER TABLE experiments ADD COLUMN notes TEXT;
ALTER TABLE experiments ADD COLUMN parent_id INTEGER;
ALTER TABLE experiments ADD COLUMN attempt INTEGER NOT NULL DEFAULT 0;
ALTER TABLE experiments ADD COLUMN seed TEXT;
ALTER TABLE experiments ADD COLUMN error TEXT;
ALTER TABLE experiments ADD COLUMN duration REAL;
ALTER TABLE experiments ADD COLUMN deleted_at TEXT;
ALTER TABLE artifacts ADD COLUMN size INTEGER;
ALTER TABLE artifacts ADD COLUMN sha256 TEXT;
ALTER TABLE artifacts ADD COLUMN logged_at TEXT;
ALTER TABLE fingerprints ADD COLUMN uses TEXT;
ALTER TABLE fingerprints ADD COLUMN calls INTEGER;
ALTER TABLE fingerprints ADD COLUMN seen_at TEXT;
`;

/** A version 4 UUID in SQL, because runs that Python ato adds get one, too. */
const UUID = `lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' ||
  substr(hex(randomblob(2)), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) ||
  substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))`;

/** The tables that only Ato for TypeScript has. */
export const OWN_TABLES: string = `
UPDATE experiments SET uuid = ${UUID} WHERE uuid IS NULL;
CREATE UNIQUE INDEX experiments_uuid ON experiments (uuid);
CREATE TRIGGER experiments_get_uuid AFTER INSERT ON experiments WHEN NEW.uuid IS NULL BEGIN
  UPDATE experiments SET uuid = ${UUID} WHERE id = NEW.id;
END;
CREATE INDEX fingerprints_by_trace ON fingerprints (trace_id, trace_type, fingerprint, run_id);

CREATE TABLE run_details (
  run_id INTEGER PRIMARY KEY, config_types TEXT, provenance TEXT);

CREATE TABLE run_state (
  run_id INTEGER PRIMARY KEY, host TEXT, boot_id TEXT, pid INTEGER, pid_start TEXT,
  heartbeat INTEGER, dropped INTEGER NOT NULL DEFAULT 0, spilled INTEGER NOT NULL DEFAULT 0);

CREATE TABLE attempts (
  run_id INTEGER, attempt INTEGER, from_step INTEGER, start_time TEXT, environment TEXT,
  PRIMARY KEY (run_id, attempt)) WITHOUT ROWID;

CREATE TABLE series (
  id INTEGER PRIMARY KEY, run_id INTEGER NOT NULL, project_id INTEGER, key TEXT NOT NULL,
  attempt INTEGER NOT NULL, latest INTEGER NOT NULL DEFAULT 1, closed INTEGER NOT NULL DEFAULT 0,
  start INTEGER NOT NULL, next_seq INTEGER NOT NULL DEFAULT 0,
  rolled_step INTEGER, cut_step INTEGER,
  count INTEGER NOT NULL DEFAULT 0, nonfinite INTEGER NOT NULL DEFAULT 0, diverged_step INTEGER,
  first_step INTEGER, first REAL, last_step INTEGER, last REAL, last_kind INTEGER,
  min REAL, min_step INTEGER, max REAL, max_step INTEGER,
  UNIQUE (run_id, key, attempt));
CREATE INDEX series_open ON series (project_id, key) WHERE closed = 0;
CREATE INDEX series_max ON series (project_id, key, max DESC, run_id) WHERE closed = 1;
CREATE INDEX series_min ON series (project_id, key, min, run_id) WHERE closed = 1;
CREATE INDEX series_last ON series (project_id, key, last, run_id) WHERE closed = 1 AND latest = 1;

CREATE TABLE points (
  series_id INTEGER, step INTEGER, seq INTEGER, value REAL, kind INTEGER, at INTEGER,
  PRIMARY KEY (series_id, step, seq)) WITHOUT ROWID;

CREATE TABLE tail (
  run_id INTEGER, n INTEGER, series_id INTEGER, step INTEGER, seq INTEGER, value REAL,
  kind INTEGER, at INTEGER, PRIMARY KEY (run_id, n)) WITHOUT ROWID;

CREATE TABLE rollups (
  series_id INTEGER, level INTEGER, n INTEGER, first_step INTEGER, last_step INTEGER,
  count INTEGER, nonfinite INTEGER, min REAL, min_step INTEGER, max REAL, max_step INTEGER,
  last REAL, PRIMARY KEY (series_id, level, n)) WITHOUT ROWID;

CREATE TABLE outputs (
  run_id INTEGER, trace_id TEXT, attempt INTEGER, call INTEGER, sequence INTEGER,
  outcome TEXT, hash TEXT, reason TEXT, sketch TEXT,
  PRIMARY KEY (run_id, trace_id, attempt, call)) WITHOUT ROWID;

CREATE TABLE sources (hash TEXT PRIMARY KEY, source TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE fingerprint_gaps (
  run_id INTEGER, trace_id TEXT, reason TEXT, PRIMARY KEY (run_id, trace_id)) WITHOUT ROWID;

CREATE TABLE absorbed (name TEXT PRIMARY KEY, at TEXT NOT NULL) WITHOUT ROWID;
`;

/** Returns the kind of a value in SQL: 1 NaN, 2 Infinity, 3 -Infinity. `9e999` is infinity. */
export const KIND_OF = (value: string): string =>
  `CASE WHEN ${value} IS NULL THEN 1 WHEN ${value} = 9e999 THEN 2 WHEN ${value} = -9e999 THEN 3 END`;

/** Returns the milliseconds since 1970 of a time in SQL, or of now if it is NULL. */
export const MILLISECONDS_OF = (text: string): string =>
  `CAST(round((julianday(coalesce(${text}, 'now')) - 2440587.5) * 86400000) AS INTEGER)`;

const FINITE = "abs(NEW.value) < 9e999";
const SERIES = "run_id = NEW.run_id AND key = NEW.key AND attempt = 0";

/**
 * `metrics` with the columns of Python ato. It leaves out values that are not finite: they would be NULL,
 * which comes first in ascending order, so that a diverged run would be the best one.
 */
export const METRICS_VIEW: string = `
CREATE VIEW metrics (id, run_id, key, value, step, timestamp) AS
  SELECT (s.id << 32) | p.seq, s.run_id, s.key, p.value, p.step,
    strftime('%Y-%m-%d %H:%M:%f000', (s.start + p.at) / 1000.0, 'unixepoch')
  FROM series s JOIN points p ON p.series_id = s.id
  WHERE p.value IS NOT NULL AND (s.cut_step IS NULL OR p.step <= s.cut_step)
  UNION ALL
  SELECT (s.id << 32) | t.seq, s.run_id, s.key, t.value, t.step,
    strftime('%Y-%m-%d %H:%M:%f000', (s.start + t.at) / 1000.0, 'unixepoch')
  FROM series s JOIN tail t ON t.run_id = s.run_id AND t.series_id = s.id
  WHERE t.value IS NOT NULL AND (s.cut_step IS NULL OR t.step <= s.cut_step);

CREATE VIEW metric_points (run_id, key, attempt, step, seq, value, kind, timestamp, superseded) AS
  SELECT s.run_id, s.key, s.attempt, p.step, p.seq, p.value,
    CASE p.kind WHEN 1 THEN 'NaN' WHEN 2 THEN 'Infinity' WHEN 3 THEN '-Infinity' END,
    strftime('%Y-%m-%d %H:%M:%f000', (s.start + p.at) / 1000.0, 'unixepoch'),
    s.cut_step IS NOT NULL AND p.step > s.cut_step
  FROM series s JOIN points p ON p.series_id = s.id
  UNION ALL
  SELECT s.run_id, s.key, s.attempt, t.step, t.seq, t.value,
    CASE t.kind WHEN 1 THEN 'NaN' WHEN 2 THEN 'Infinity' WHEN 3 THEN '-Infinity' END,
    strftime('%Y-%m-%d %H:%M:%f000', (s.start + t.at) / 1000.0, 'unixepoch'),
    s.cut_step IS NOT NULL AND t.step > s.cut_step
  FROM series s JOIN tail t ON t.run_id = s.run_id AND t.series_id = s.id;

CREATE TRIGGER metrics_insert INSTEAD OF INSERT ON metrics BEGIN
  INSERT INTO series (run_id, project_id, key, attempt, closed, start)
    SELECT NEW.run_id, (SELECT project_id FROM experiments WHERE id = NEW.run_id), NEW.key, 0, 1,
      ${MILLISECONDS_OF("NEW.timestamp")}
    WHERE NOT EXISTS (SELECT 1 FROM series WHERE ${SERIES});
  INSERT INTO points (series_id, step, seq, value, kind, at)
    SELECT id, NEW.step, next_seq, CASE WHEN ${FINITE} THEN NEW.value END, ${
  KIND_OF("NEW.value")
},
      ${MILLISECONDS_OF("NEW.timestamp")} - start
    FROM series WHERE ${SERIES};
  INSERT INTO rollups (series_id, level, n, first_step, last_step, count, nonfinite,
      min, min_step, max, max_step, last)
    SELECT id, 0, next_seq, NEW.step, NEW.step, 1, iif(${FINITE}, 0, 1),
      CASE WHEN ${FINITE} THEN NEW.value END, iif(${FINITE}, NEW.step, NULL),
      CASE WHEN ${FINITE} THEN NEW.value END, iif(${FINITE}, NEW.step, NULL),
      CASE WHEN ${FINITE} THEN NEW.value END
    FROM series WHERE ${SERIES} AND NEW.step <= rolled_step;
  UPDATE series SET next_seq = next_seq + 1, count = count + 1,
      nonfinite = nonfinite + iif(${FINITE}, 0, 1),
      diverged_step = iif(${FINITE}, diverged_step, min(coalesce(diverged_step, NEW.step), NEW.step)),
      first = iif(first_step IS NULL OR NEW.step < first_step, iif(${FINITE}, NEW.value, NULL), first),
      first_step = min(coalesce(first_step, NEW.step), NEW.step),
      last_kind = iif(last_step IS NULL OR NEW.step >= last_step, ${
  KIND_OF("NEW.value")
}, last_kind),
      last = iif(last_step IS NULL OR NEW.step >= last_step, iif(${FINITE}, NEW.value, NULL), last),
      last_step = max(coalesce(last_step, NEW.step), NEW.step),
      min_step = iif(${FINITE} AND (min IS NULL OR NEW.value < min), NEW.step, min_step),
      min = iif(${FINITE} AND (min IS NULL OR NEW.value < min), NEW.value, min),
      max_step = iif(${FINITE} AND (max IS NULL OR NEW.value > max), NEW.step, max_step),
      max = iif(${FINITE} AND (max IS NULL OR NEW.value > max), NEW.value, max)
    WHERE ${SERIES};
END;
`;

/**
 * Version 2: what traced functions use. A list that many runs share is stored once. With the index on
 * runs, statistics do not read the configs of the runs, which may fill many pages.
 */
export const DEEP_TABLES = `
CREATE TABLE deep_details (
  id INTEGER PRIMARY KEY, hash TEXT NOT NULL UNIQUE, detail TEXT NOT NULL);

CREATE TABLE deep_fingerprints (
  run_id INTEGER, trace_id TEXT, deep TEXT, graph TEXT, own TEXT, reason TEXT,
  detail_id INTEGER NOT NULL, PRIMARY KEY (run_id, trace_id)) WITHOUT ROWID;
CREATE INDEX deep_fingerprints_by_trace ON deep_fingerprints (trace_id, deep, run_id)
  WHERE deep IS NOT NULL;
CREATE INDEX experiments_seen ON experiments (id, project_id, deleted_at, start_time);
`;

/**
 * Version 4: the journals of studies. Only the process that has the token of a study writes to it. An
 * event is JSON, and the state of a study is a fold over its events.
 */
export const STUDY_TABLES = `
CREATE TABLE studies (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, token TEXT, host TEXT, boot_id TEXT,
  pid INTEGER, pid_start TEXT, lease INTEGER, renewed INTEGER);

CREATE TABLE study_events (
  study_id INTEGER, seq INTEGER, event TEXT NOT NULL, PRIMARY KEY (study_id, seq)) WITHOUT ROWID;
`;

/**
 * Version 5: the factors of runs. Names, values and sets of factors are stored once for each content, and
 * the runs of a project share most of their sets. `members` is a JSON list of ids: name, value, name, value,
 * sorted by name. A value whose text is long has a digest as its key.
 */
export const FACTOR_TABLES = `
CREATE TABLE factor_names (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);

CREATE TABLE factor_values (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, value TEXT);

CREATE TABLE factor_sets (
  id INTEGER PRIMARY KEY, hash TEXT NOT NULL UNIQUE, members TEXT NOT NULL);

CREATE TABLE run_factors (
  run_id INTEGER, attempt INTEGER, dimension TEXT, set_id INTEGER NOT NULL, level TEXT NOT NULL,
  missing TEXT, PRIMARY KEY (run_id, attempt, dimension)) WITHOUT ROWID;

CREATE TABLE programs (
  id INTEGER PRIMARY KEY, hash TEXT NOT NULL UNIQUE, detail BLOB NOT NULL);

CREATE TABLE run_programs (
  run_id INTEGER, attempt INTEGER, program_id INTEGER NOT NULL, seal TEXT,
  PRIMARY KEY (run_id, attempt)) WITHOUT ROWID;

CREATE TABLE texts (
  id INTEGER PRIMARY KEY, sha256 TEXT NOT NULL UNIQUE, content BLOB NOT NULL);

CREATE TABLE parsed (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, facts BLOB NOT NULL);
`;

/**
 * Version 6: what programs printed. `start` is the place of the first byte of a piece among all bytes of the
 * output; `content` is deflated.
 */
export const CONSOLE_TABLES = `
CREATE TABLE console (
  id INTEGER PRIMARY KEY, run_id INTEGER NOT NULL, attempt INTEGER NOT NULL, start INTEGER NOT NULL,
  bytes INTEGER NOT NULL, at INTEGER NOT NULL, content BLOB NOT NULL);
CREATE UNIQUE INDEX console_place ON console (run_id, attempt, start);
`;

/**
 * What a file and a hub last agreed on of each run and of each study, and which studies came from elsewhere: from a hub, or from
 * another file (`file:` and its path). Only files that were pushed, pulled or merged have these tables, so they are part of no schema version.
 * The row of `hub_runs` without a UUID is about the hub itself.
 */
export const HUB_TABLES = `
CREATE TABLE IF NOT EXISTS hub_runs (
  hub TEXT NOT NULL, uuid TEXT NOT NULL, base TEXT NOT NULL, PRIMARY KEY (hub, uuid)) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS hub_studies (
  hub TEXT NOT NULL, uuid TEXT NOT NULL, base TEXT NOT NULL, PRIMARY KEY (hub, uuid)) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS study_copies (study_id INTEGER PRIMARY KEY, hub TEXT NOT NULL);

CREATE TABLE IF NOT EXISTS awaited_parents (child TEXT PRIMARY KEY, parent TEXT NOT NULL) WITHOUT ROWID;
`;
