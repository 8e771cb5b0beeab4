package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"hansu/store"
)

// migrations[i] brings the schema from version i to version i+1. A migration that has been
// released is never edited.
var migrations = []string{schema1, schema2}

// schema1 is the first schema. All is in a schema of its own, so that the database may be shared
// with other programs.
//
// game_table has a row a table, in which every commit of the table moves last_seq on: that row is the
// fence. An update of it waits for a claim under way and then sees the new epoch; a condition that only
// reads it (EXISTS) would see the old one. Half of each page is left free, so that the update stays
// on its page and touches no index.
const schema1 = `
CREATE TABLE hansu.meta (
  one        boolean PRIMARY KEY DEFAULT true CHECK (one),
  version    integer NOT NULL,
  zero       timestamptz NOT NULL DEFAULT clock_timestamp(), -- when service time was 0
  next_table bigint NOT NULL DEFAULT 1
);
INSERT INTO hansu.meta (version) VALUES (0);
CREATE TABLE hansu.node (
  node_id     text PRIMARY KEY,
  lease_until timestamptz NOT NULL,
  beat        bigint NOT NULL      -- service time, ms, when it was last known alive
) WITH (fillfactor = 50);
CREATE TABLE hansu.role (
  name   text PRIMARY KEY,
  holder text NOT NULL
);
CREATE TABLE hansu.game_table (
  table_id bigint PRIMARY KEY,
  owner    text,                   -- the node that decides here; NULL: none
  epoch    bigint NOT NULL,
  last_seq bigint NOT NULL,
  due      bigint NOT NULL,        -- deadline of the last record, ms; 0: never
  lag      bigint NOT NULL DEFAULT 0, -- ms of service time without an owner
  idle     bigint                  -- service time, ms, since when there has been no owner
) WITH (fillfactor = 50);
CREATE TABLE hansu.event (
  table_id bigint NOT NULL,
  seq      bigint NOT NULL,
  epoch    bigint NOT NULL,
  at       bigint NOT NULL,        -- the table's time, ms
  due      bigint NOT NULL,        -- likewise; 0: never
  data     bytea NOT NULL,
  PRIMARY KEY (table_id, seq)
);
CREATE TABLE hansu.summary (
  table_id bigint PRIMARY KEY,
  code     text NOT NULL UNIQUE,
  state    smallint NOT NULL,      -- 1 open, 2 active, 3 shut
  public   boolean NOT NULL,
  opened   bigint NOT NULL,        -- Unix ms
  seat1    bytea,
  seat2    bytea,
  data     bytea NOT NULL,
  changed  timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX summary_running ON hansu.summary (table_id) WHERE state <> 3;
CREATE INDEX summary_changed ON hansu.summary (changed);
CREATE TABLE hansu.game (
  table_id bigint NOT NULL,
  number   integer NOT NULL,
  code     text NOT NULL,
  kind     smallint NOT NULL,
  rules    smallint NOT NULL,
  size     smallint NOT NULL,
  opening  smallint NOT NULL,
  start    integer NOT NULL,
  forbidden_loses boolean NOT NULL,
  timing   smallint NOT NULL,
  main     bigint NOT NULL,        -- ms
  extra    bigint NOT NULL,        -- ms
  periods  smallint NOT NULL,
  stones   smallint NOT NULL,
  first    text NOT NULL,
  second   text NOT NULL,
  reason   smallint NOT NULL,
  winner   smallint NOT NULL,
  started  bigint NOT NULL,        -- Unix ms
  ended    bigint NOT NULL,        -- Unix ms
  plies    integer NOT NULL,
  moves    bytea NOT NULL,
  PRIMARY KEY (table_id, number)
);
CREATE UNIQUE INDEX game_by_code ON hansu.game (code, number);

-- require fails the transaction unless as many rows were moved on as were meant to be.
CREATE FUNCTION hansu.require(got bigint, want bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF got <> want THEN
    RAISE EXCEPTION 'record number taken or owner changed' USING ERRCODE = 'HA001';
  END IF;
END $$;
`

// schema2 adds places to wait at (see [store.Shared].Pair), decided by functions: a place takes one message, and what
// is locked does not stay locked when the node that asked is paused.
//
// Wishes of one kind are decided one after the other, by an advisory lock that the transaction holds; each statement
// of a function sees what was committed before it. A place need not be on the disk before it is used: the first
// record of its table comes later in the log and brings it along, and before that nobody is told. Only then do wishes of a
// kind not queue for the disk. Sequential scans are off because a plan is kept while the table grows.
const schema2 = `
CREATE INDEX summary_seat1 ON hansu.summary (seat1, table_id) WHERE state <> 3 AND seat1 IS NOT NULL;
CREATE INDEX summary_seat2 ON hansu.summary (seat2, table_id) WHERE state <> 3 AND seat2 IS NOT NULL;
CREATE TABLE hansu.seat (
  table_id bigint PRIMARY KEY,
  place    bigint NOT NULL GENERATED ALWAYS AS IDENTITY, -- the order in which they came
  kind     bytea NOT NULL,
  code     text NOT NULL,
  node     text NOT NULL,          -- that opens the table
  since    timestamptz NOT NULL DEFAULT clock_timestamp(),
  key      bytea NOT NULL,         -- who waits, and by which command
  instance bigint NOT NULL,
  number   bigint NOT NULL,        -- 0: not numbered
  guest          bytea,            -- to whom the free seat is promised, and by which command
  guest_instance bigint,
  guest_number   bigint,
  until          timestamptz       -- until when
);
CREATE INDEX seat_kind ON hansu.seat (kind, place);
CREATE INDEX seat_key ON hansu.seat (key, kind, place);
CREATE INDEX seat_guest ON hansu.seat (guest) WHERE guest IS NOT NULL;

-- alone keeps other transactions about this kind waiting until the end of this one.
CREATE FUNCTION hansu.alone(kind bytea) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('synchronous_commit', 'off', true),
    set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true), set_config('enable_sort', 'off', true);
  PERFORM pg_advisory_xact_lock(1212239443, ('x' || substr(md5(kind), 1, 8))::bit(32)::integer);
END $$;

-- living tells whether a node is alive.
CREATE FUNCTION hansu.living(node text) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT 1 FROM hansu.node AS n WHERE n.node_id = $1 AND n.lease_until > clock_timestamp())
$$;

CREATE FUNCTION hansu.pair(
  my_node text, my_kind bytea, my_key bytea, my_instance bigint, my_number bigint,
  my_table bigint, my_code text, own boolean, skip bigint[], promise interval, fresh interval,
  OUT how integer, OUT at_table bigint, OUT at_code text, OUT at_node text
) LANGUAGE plpgsql AS $$
DECLARE
  found_table bigint;
BEGIN
  PERFORM hansu.alone(my_kind);

  -- The same command again: who opens the table.
  SELECT CASE WHEN t.table_id IS NULL THEN 1 ELSE 3 END, p.table_id, p.code, p.node INTO how, at_table, at_code, at_node
  FROM hansu.seat AS p LEFT JOIN hansu.game_table AS t ON t.table_id = p.table_id
  WHERE p.key = my_key AND p.kind = my_kind AND p.table_id <> ALL (skip)
    AND (p.table_id = my_table OR my_number <> 0 AND p.instance = my_instance AND p.number = my_number)
  ORDER BY p.place LIMIT 1;
  IF FOUND AND how = 1 AND at_node <> my_node AND NOT hansu.living(at_node) THEN
    UPDATE hansu.seat SET node = my_node, since = clock_timestamp() WHERE table_id = at_table RETURNING node INTO at_node;
  END IF;
  IF at_node IS NOT NULL THEN
    RETURN;
  END IF;

  -- The same command again: who was promised the seat.
  IF my_number <> 0 THEN
    UPDATE hansu.seat AS p SET until = clock_timestamp() + promise
    WHERE p.guest = my_key AND p.guest_instance = my_instance AND p.guest_number = my_number AND p.kind = my_kind
      AND p.table_id <> ALL (skip)
      AND (hansu.living(p.node) OR EXISTS (SELECT 1 FROM hansu.game_table AS t WHERE t.table_id = p.table_id))
    RETURNING 2, p.table_id, p.code, p.node INTO how, at_table, at_code, at_node;
    IF FOUND THEN
      RETURN;
    END IF;
  END IF;

  IF NOT own THEN
    SELECT 3, p.table_id, p.code, p.node INTO how, at_table, at_code, at_node FROM hansu.seat AS p
    WHERE p.key = my_key AND p.kind = my_kind AND p.table_id <> ALL (skip)
      AND (hansu.living(p.node) OR EXISTS (SELECT 1 FROM hansu.game_table AS t WHERE t.table_id = p.table_id))
    ORDER BY p.place LIMIT 1;
    IF FOUND THEN
      RETURN;
    END IF;

    LOOP
      SELECT p.table_id INTO found_table
      FROM hansu.seat AS p LEFT JOIN hansu.game_table AS t ON t.table_id = p.table_id
      WHERE p.kind = my_kind AND p.key <> my_key AND p.table_id <> ALL (skip)
        AND (p.guest IS NULL OR p.guest = my_key OR p.until <= clock_timestamp())
        AND (t.table_id IS NOT NULL OR p.since > clock_timestamp() - fresh)
        AND hansu.living(CASE WHEN t.table_id IS NULL THEN p.node ELSE t.owner END)
      ORDER BY p.place LIMIT 1;
      EXIT WHEN NOT FOUND;
      -- This waits for a commit in which the table takes somebody, and then the place is no more.
      UPDATE hansu.seat AS p SET guest = my_key, guest_instance = my_instance, guest_number = my_number, until = clock_timestamp() + promise
      WHERE p.table_id = found_table RETURNING 2, p.table_id, p.code, p.node INTO how, at_table, at_code, at_node;
      IF FOUND THEN
        RETURN;
      END IF;
    END LOOP;
  END IF;

  INSERT INTO hansu.seat AS p (table_id, kind, code, node, key, instance, number)
  VALUES (my_table, my_kind, my_code, my_node, my_key, my_instance, my_number)
  RETURNING 1, p.table_id, p.code, p.node INTO how, at_table, at_code, at_node;
END $$;

CREATE FUNCTION hansu.unpair(my_table bigint, my_key bytea) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  its_kind bytea;
BEGIN
  SELECT p.kind INTO its_kind FROM hansu.seat AS p WHERE p.table_id = my_table;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  PERFORM hansu.alone(its_kind);
  UPDATE hansu.seat AS p SET guest = NULL, guest_instance = NULL, guest_number = NULL, until = NULL
  WHERE p.table_id = my_table AND p.guest = my_key;
  DELETE FROM hansu.seat AS p WHERE p.table_id = my_table AND p.key = my_key
    AND NOT EXISTS (SELECT 1 FROM hansu.game_table AS t WHERE t.table_id = my_table);
END $$;
`

// conflict is the code of require's exception.
const conflict = "HA001"

// migrationLock is held while the schema is brought up to date: nodes may start at the same time.
const migrationLock = 0x48414e53

// migrate brings the database up to the newest schema, in one transaction.
func migrate(ctx context.Context, conn *pgx.Conn, steps []string) error {
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock($1)", migrationLock); err != nil {
			return err
		}
		version := 0
		var there bool
		if err := tx.QueryRow(ctx, "SELECT to_regclass('hansu.meta') IS NOT NULL").Scan(&there); err != nil {
			return err
		}
		if there {
			if err := tx.QueryRow(ctx, "SELECT version FROM hansu.meta").Scan(&version); err != nil {
				return err
			}
		} else if _, err := tx.Exec(ctx, "CREATE SCHEMA IF NOT EXISTS hansu"); err != nil {
			return fmt.Errorf("make the schema hansu: %w", err)
		}
		if version > len(steps) {
			return fmt.Errorf("%w: schema %d, known is %d", store.ErrNewer, version, len(steps))
		}
		for i := version; i < len(steps); i++ {
			if _, err := tx.Exec(ctx, steps[i], pgx.QueryExecModeSimpleProtocol); err != nil {
				return fmt.Errorf("migration %d: %w", i+1, err)
			}
		}
		if version == len(steps) {
			return nil
		}
		tag, err := tx.Exec(ctx, "UPDATE hansu.meta SET version = $1", len(steps))
		if err == nil && tag.RowsAffected() != 1 {
			err = errors.New("hansu.meta has no row")
		}
		return err
	})
}
