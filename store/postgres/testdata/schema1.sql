-- A database as schema 1 wrote it (pg_dump --inserts). Frozen: never edit.
CREATE SCHEMA hansu;
CREATE FUNCTION hansu.require(got bigint, want bigint) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
  IF got <> want THEN
    RAISE EXCEPTION 'record number taken or owner changed' USING ERRCODE = 'HA001';
  END IF;
END $$;
CREATE TABLE hansu.event (
    table_id bigint NOT NULL,
    seq bigint NOT NULL,
    epoch bigint NOT NULL,
    at bigint NOT NULL,
    due bigint NOT NULL,
    data bytea NOT NULL
);
CREATE TABLE hansu.game (
    table_id bigint NOT NULL,
    number integer NOT NULL,
    code text NOT NULL,
    kind smallint NOT NULL,
    rules smallint NOT NULL,
    size smallint NOT NULL,
    opening smallint NOT NULL,
    start integer NOT NULL,
    forbidden_loses boolean NOT NULL,
    timing smallint NOT NULL,
    main bigint NOT NULL,
    extra bigint NOT NULL,
    periods smallint NOT NULL,
    stones smallint NOT NULL,
    first text NOT NULL,
    second text NOT NULL,
    reason smallint NOT NULL,
    winner smallint NOT NULL,
    started bigint NOT NULL,
    ended bigint NOT NULL,
    plies integer NOT NULL,
    moves bytea NOT NULL
);
CREATE TABLE hansu.game_table (
    table_id bigint NOT NULL,
    owner text,
    epoch bigint NOT NULL,
    last_seq bigint NOT NULL,
    due bigint NOT NULL,
    lag bigint DEFAULT 0 NOT NULL,
    idle bigint
)
WITH (fillfactor='50');
CREATE TABLE hansu.meta (
    one boolean DEFAULT true NOT NULL,
    version integer NOT NULL,
    zero timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    next_table bigint DEFAULT 1 NOT NULL,
    CONSTRAINT meta_one_check CHECK (one)
);
CREATE TABLE hansu.node (
    node_id text NOT NULL,
    lease_until timestamp with time zone NOT NULL,
    beat bigint NOT NULL
)
WITH (fillfactor='50');
CREATE TABLE hansu.role (
    name text NOT NULL,
    holder text NOT NULL
);
CREATE TABLE hansu.summary (
    table_id bigint NOT NULL,
    code text NOT NULL,
    state smallint NOT NULL,
    public boolean NOT NULL,
    opened bigint NOT NULL,
    seat1 bytea,
    seat2 bytea,
    data bytea NOT NULL,
    changed timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);
INSERT INTO hansu.event VALUES (3, 1, 1, 1790000000001, 0, '\x6f6e65');
INSERT INTO hansu.event VALUES (3, 2, 1, 1790000000002, 0, '\x74776f');
INSERT INTO hansu.event VALUES (3, 3, 1, 1790000000003, 1790000060000, '\x7468726565');
INSERT INTO hansu.event VALUES (4, 1, 1, 1790000000001, 0, '\x6f6e6c79');
INSERT INTO hansu.game VALUES (3, 1, 'k7wq2m', 1, 0, 15, 0, 0, false, 0, 0, 0, 0, 0, 'player 1', 'player 2', 0, 0, 1790000000000, 1790000050000, 42, '\x6d6f766573');
INSERT INTO hansu.game_table VALUES (3, 'node-1', 1, 3, 1790000060000, 0, NULL);
INSERT INTO hansu.game_table VALUES (4, 'node-1', 1, 1, 0, 0, NULL);
INSERT INTO hansu.meta VALUES (true, 1, '2025-01-02 10:13:15.883894+00', 1);
INSERT INTO hansu.node VALUES ('node-1', '2025-01-02 10:13:19.381289+00', 1790000001000);
INSERT INTO hansu.summary VALUES (3, 'k7wq2m', 2, true, 1790000000000, '\x6b65792031', '\x6b65792032', '\x73686f776e', '2025-01-02 10:13:16.452378+00');
INSERT INTO hansu.summary VALUES (4, 'shut', 3, false, 0, '\x6b65792031', NULL, '\x', '2025-01-02 10:13:16.453208+00');
ALTER TABLE ONLY hansu.event
    ADD CONSTRAINT event_pkey PRIMARY KEY (table_id, seq);
ALTER TABLE ONLY hansu.game
    ADD CONSTRAINT game_pkey PRIMARY KEY (table_id, number);
ALTER TABLE ONLY hansu.game_table
    ADD CONSTRAINT game_table_pkey PRIMARY KEY (table_id);
ALTER TABLE ONLY hansu.meta
    ADD CONSTRAINT meta_pkey PRIMARY KEY (one);
ALTER TABLE ONLY hansu.node
    ADD CONSTRAINT node_pkey PRIMARY KEY (node_id);
ALTER TABLE ONLY hansu.role
    ADD CONSTRAINT role_pkey PRIMARY KEY (name);
ALTER TABLE ONLY hansu.summary
    ADD CONSTRAINT summary_code_key UNIQUE (code);
ALTER TABLE ONLY hansu.summary
    ADD CONSTRAINT summary_pkey PRIMARY KEY (table_id);
CREATE UNIQUE INDEX game_by_code ON hansu.game USING btree (code, number);
CREATE INDEX summary_changed ON hansu.summary USING btree (changed);
CREATE INDEX summary_running ON hansu.summary USING btree (table_id) WHERE (state <> 3);
