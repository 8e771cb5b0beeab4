-- A database as schema 1 wrote it. Frozen: never edit.
PRAGMA application_id = 1212239443;
PRAGMA user_version = 1;
CREATE TABLE records (
  id    INTEGER PRIMARY KEY, -- order of commit
  tbl   INTEGER NOT NULL,    -- the table's id
  seq   INTEGER NOT NULL,    -- 1, 2, 3 … within the table
  epoch INTEGER NOT NULL,
  at    INTEGER NOT NULL,    -- service time, ms
  due   INTEGER,             -- deadline − at, ms; NULL: never
  back  INTEGER NOT NULL,    -- id − the id of record seq−1; 0 for seq 1
  data  BLOB NOT NULL
);
CREATE TABLE tails (
  tbl  INTEGER PRIMARY KEY,  -- the table's id
  seq  INTEGER NOT NULL,     -- number of its last record
  last INTEGER NOT NULL,     -- id of its last record
  due  INTEGER               -- deadline of its last record, service time, ms; NULL: never
);
CREATE TABLE tables (
  id     INTEGER PRIMARY KEY,
  code   TEXT NOT NULL UNIQUE,
  state  INTEGER NOT NULL,   -- 1 open, 2 active, 3 shut
  public INTEGER NOT NULL,
  opened INTEGER NOT NULL,   -- Unix ms
  seat1  BLOB,
  seat2  BLOB,
  data   BLOB NOT NULL
);
CREATE INDEX tables_running ON tables (id) WHERE state <> 3;
CREATE TABLE games (
  tbl     INTEGER NOT NULL,
  number  INTEGER NOT NULL,
  code    TEXT NOT NULL,
  kind    INTEGER NOT NULL,
  rules   INTEGER NOT NULL,
  size    INTEGER NOT NULL,
  opening INTEGER NOT NULL,
  start   INTEGER NOT NULL,
  forbidden_loses INTEGER NOT NULL,
  timing  INTEGER NOT NULL,
  main    INTEGER NOT NULL,  -- ms
  extra   INTEGER NOT NULL,  -- ms
  periods INTEGER NOT NULL,
  stones  INTEGER NOT NULL,
  first   TEXT NOT NULL,
  second  TEXT NOT NULL,
  reason  INTEGER NOT NULL,
  winner  INTEGER NOT NULL,
  started INTEGER NOT NULL,  -- Unix ms
  ended   INTEGER NOT NULL,  -- Unix ms
  plies   INTEGER NOT NULL,
  moves   BLOB NOT NULL
);
CREATE UNIQUE INDEX games_by_table ON games (tbl, number);
CREATE UNIQUE INDEX games_by_code ON games (code, number);
CREATE TABLE service (
  one  INTEGER PRIMARY KEY CHECK (one = 1),
  beat INTEGER NOT NULL,     -- service time, ms, when the server was last known alive
  upto INTEGER NOT NULL      -- records up to this id are no later than beat
);
INSERT INTO records VALUES (1, 3, 1, 1, 1790000000000, 60000, 0, CAST('one' AS BLOB));
INSERT INTO records VALUES (2, 9, 1, 1, 1790000000001, NULL, 0, x'');
INSERT INTO records VALUES (3, 3, 2, 1, 1790000000500, NULL, 2, CAST('two' AS BLOB));
INSERT INTO records VALUES (4, 3, 3, 1, 1790000001000, 59000, 1, CAST('three' AS BLOB));
INSERT INTO tails VALUES (3, 3, 4, 1790000060000);
INSERT INTO tails VALUES (9, 1, 2, NULL);
INSERT INTO tables VALUES (3, 'k7wq2m', 2, 1, 1790000000000, x'0102', NULL, x'ff');
INSERT INTO games VALUES (3, 1, 'k7wq2m', 1, 2, 15, 0, 0, 0, 1, 300000, 3000, 0, 0,
  'player 1', 'player 2', 2, 1, 1790000000000, 1790000600000, 42, CAST('moves' AS BLOB));
INSERT INTO service VALUES (1, 1790000000200, 1);
