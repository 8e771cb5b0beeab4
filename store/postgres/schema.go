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
var migrations = []string{schema1}

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
