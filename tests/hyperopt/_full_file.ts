/** A file that has no room for searches. */
import { chooseDriver, type Driver, type SqlValue } from "@ato/ato/tracker";

/** A driver whose files take no events of searches, or only some. */
export function withoutSearches(
  takes: (event: string) => boolean = () => false,
): Promise<Driver> {
  return refusing((sql, [, event]) =>
    /INSERT INTO study_events/.test(sql) && !takes(String(event))
  );
}

/** A driver whose files write nothing of searches for a while, and do not give claims on them back. */
export function withoutSearchesWhile(isFull: () => boolean): Promise<Driver> {
  return refusing((sql) =>
    /INSERT INTO study_events|UPDATE studies/.test(sql) && isFull()
  );
}

/** A driver that refuses some statements. */
async function refusing(
  refuses: (sql: string, values: readonly SqlValue[]) => boolean,
): Promise<Driver> {
  const driver = await chooseDriver();
  return {
    name: driver.name,
    sqliteVersion: driver.sqliteVersion,
    connect(path, options) {
      const connection = driver.connect(path, options);
      return {
        driver: connection.driver,
        sqliteVersion: connection.sqliteVersion,
        exec: (sql) => connection.exec(sql),
        close: () => connection.close(),
        prepare(sql) {
          const statement = connection.prepare(sql);
          const check = (values: readonly SqlValue[]) => {
            if (refuses(sql, values)) {
              throw new Error("database or disk is full");
            }
          };
          return {
            get(...values) {
              check(values);
              return statement.get(...values);
            },
            run(...values) {
              check(values);
              return statement.run(...values);
            },
            all(...values) {
              check(values);
              return statement.all(...values);
            },
            iterate(...values) {
              check(values);
              return statement.iterate(...values);
            },
          };
        },
      };
    },
  };
}
