-- A database as schema 2 wrote it (pg_dump --inserts). Frozen: never edit.
SET check_function_bodies = false;

CREATE SCHEMA hansu;

CREATE FUNCTION hansu.alone(kind bytea) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
  PERFORM set_config('synchronous_commit', 'off', true),
    set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true), set_config('enable_sort', 'off', true);
  PERFORM pg_advisory_xact_lock(1212239443, ('x' || substr(md5(kind), 1, 8))::bit(32)::integer);
END $$;

CREATE FUNCTION hansu.living(node text) RETURNS boolean
    LANGUAGE sql STABLE
    AS $_$
  SELECT EXISTS (SELECT 1 FROM hansu.node AS n WHERE n.node_id = $1 AND n.lease_until > clock_timestamp())
$_$;

CREATE FUNCTION hansu.pair(my_node text, my_kind bytea, my_key bytea, my_instance bigint, my_number bigint, my_table bigint, my_code text, own boolean, skip bigint[], promise interval, fresh interval, OUT how integer, OUT at_table bigint, OUT at_code text, OUT at_node text) RETURNS record
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION hansu.require(got bigint, want bigint) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
  IF got <> want THEN
    RAISE EXCEPTION 'record number taken or owner changed' USING ERRCODE = 'HA001';
  END IF;
END $$;

CREATE FUNCTION hansu.unpair(my_table bigint, my_key bytea) RETURNS void
    LANGUAGE plpgsql
    AS $$
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

CREATE TABLE hansu.seat (
    table_id bigint NOT NULL,
    place bigint NOT NULL,
    kind bytea NOT NULL,
    code text NOT NULL,
    node text NOT NULL,
    since timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    key bytea NOT NULL,
    instance bigint NOT NULL,
    number bigint NOT NULL,
    guest bytea,
    guest_instance bigint,
    guest_number bigint,
    until timestamp with time zone
);

ALTER TABLE hansu.seat ALTER COLUMN place ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME hansu.seat_place_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
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

INSERT INTO hansu.meta VALUES (true, 2, '2025-01-02 10:13:15.883894+00', 1);

INSERT INTO hansu.node VALUES ('node-1', '2025-01-02 10:13:19.381289+00', 1790000001000);
INSERT INTO hansu.node VALUES ('node-2', '2025-01-02 10:15:58.702945+00', 0);

INSERT INTO hansu.seat OVERRIDING SYSTEM VALUE VALUES (5, 1, '\x6b696e64', 'place', 'node-2', '2025-01-02 10:15:55.783097+00', '\x6b65792033', 7, 1, '\x6b65792034', 7, 1, '2025-01-02 10:16:00.803515+00');

INSERT INTO hansu.summary VALUES (3, 'k7wq2m', 2, true, 1790000000000, '\x6b65792031', '\x6b65792032', '\x73686f776e', '2025-01-02 10:13:16.452378+00');
INSERT INTO hansu.summary VALUES (4, 'shut', 3, false, 0, '\x6b65792031', NULL, '\x', '2025-01-02 10:13:16.453208+00');

SELECT pg_catalog.setval('hansu.seat_place_seq', 1, true);

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

ALTER TABLE ONLY hansu.seat
    ADD CONSTRAINT seat_pkey PRIMARY KEY (table_id);

ALTER TABLE ONLY hansu.summary
    ADD CONSTRAINT summary_code_key UNIQUE (code);

ALTER TABLE ONLY hansu.summary
    ADD CONSTRAINT summary_pkey PRIMARY KEY (table_id);

CREATE UNIQUE INDEX game_by_code ON hansu.game USING btree (code, number);

CREATE INDEX seat_guest ON hansu.seat USING btree (guest) WHERE (guest IS NOT NULL);

CREATE INDEX seat_key ON hansu.seat USING btree (key, kind, place);

CREATE INDEX seat_kind ON hansu.seat USING btree (kind, place);

CREATE INDEX summary_changed ON hansu.summary USING btree (changed);

CREATE INDEX summary_running ON hansu.summary USING btree (table_id) WHERE (state <> 3);

CREATE INDEX summary_seat1 ON hansu.summary USING btree (seat1, table_id) WHERE ((state <> 3) AND (seat1 IS NOT NULL));

CREATE INDEX summary_seat2 ON hansu.summary USING btree (seat2, table_id) WHERE ((state <> 3) AND (seat2 IS NOT NULL));

