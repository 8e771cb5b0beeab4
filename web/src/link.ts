// The connection to the server: it comes back by itself, resumes every table where it stopped, and
// sends again, under the same number, what was not answered. The server does nothing twice.

import {
  Decoder, ErrorCode, LanguageEnglish, LanguageKorean, Magic, Type, Version, encode,
  type Entry, type ErrorPacket, type Packet, type Received, type Welcome,
} from "./wire";
import { getToken, setToken, settings } from "./settings";
import { Table, type Happening } from "./table";

export type State = "connecting" | "online" | "offline" | "replaced" | "refused";

/** A command's answer: the record it went into, or the refusal. */
export interface Answer {
  table: number;
  error?: ErrorPacket;
}

interface Pending {
  number: number;
  packet: Packet & { table: number };
  bytes: Uint8Array;
  done: ((a: Answer) => void) | null; // null: the link's own, to come back to a table
  sent: boolean;
  again: boolean; // sent on an earlier connection, too: what it came to there is not known
}

/** What a listener is told; each is optional. */
export interface Listener {
  state?(s: State): void;
  table?(t: Table, news: Happening[]): void;
  tables?(): void;
}

const silence = 20_000; // without a packet, after which a ping asks
const patience = 8_000; // for the answer

export class Link {
  state: State = "connecting";
  readonly tables = new Map<number, Table>();
  /** set after the first Welcome: how many tables have a seat for this browser */
  seats = 0;
  /** the refusal that ended the connection */
  reason: ErrorPacket | null = null;

  private socket: WebSocket | null = null;
  private decoder = new Decoder();
  private readonly instance = 1 + Math.floor(Math.random() * 0xfffffffe);
  private last = 0;
  private pending: Pending[] = [];
  private entries: Entry[] = [];
  private readonly listeners = new Set<Listener>();
  private retry = 0;
  private putOff = 0; // connections on which the server could do nothing for us
  private retryTimer = 0;
  private heard = 0;
  private pinged = false;
  private resumed = false;
  private lists = new Map<number, (e: Entry[]) => void>();

  constructor(private readonly url: string) {
    setInterval(() => this.watch(), 1000);
    addEventListener("online", () => this.now());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.now();
    });
    this.connect();
  }

  listen(l: Listener): () => void {
    this.listeners.add(l);
    return () => this.listeners.delete(l);
  }

  byCode(code: string): Table | undefined {
    return [...this.tables.values()].find((t) => t.code === code && !t.gone);
  }

  /** Sends a command, now or when there is a connection; the promise is kept when it is answered. */
  send(p: Packet, table = 0): Promise<Answer> {
    return new Promise((done) => this.command(p, table, done));
  }

  /** Asks for the lobby's tables. */
  list(what: number): Promise<Entry[]> {
    return new Promise((done) => {
      const number = this.command({ type: Type.List, what }, 0, () => undefined);
      this.lists.set(number, done);
    });
  }

  /** The moves of this browser at a table that the server has not answered yet. */
  unanswered(table: number): (Packet & { table: number })[] {
    return this.pending.filter((p) => p.done && p.packet.table === table).map((p) => p.packet);
  }

  /** Says hello again: the name or the language has changed, or another tab had taken over. */
  again(): void {
    this.socket?.close();
    this.lost();
    this.now();
  }

  private command(packet: Packet, table: number, done: Pending["done"]): number {
    const number = ++this.last;
    const full = { ...packet, table };
    const bytes = encode({ ...packet, table, number });
    const sent = this.state === "online";
    this.pending.push({ number, packet: full, bytes, done, sent, again: false });
    if (sent) this.write(bytes);
    return number;
  }

  private write(bytes: Uint8Array): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(bytes as Uint8Array<ArrayBuffer>);
  }

  private connect(): void {
    this.set("connecting");
    this.decoder = new Decoder();
    const socket = new WebSocket(this.url);
    socket.binaryType = "arraybuffer";
    this.socket = socket;
    this.heard = performance.now();
    this.pinged = false;
    socket.onopen = () => this.write(encode({
      type: Type.Hello, magic: Magic, version: Version, language: settings.language === "ko" ? LanguageKorean : LanguageEnglish,
      instance: this.instance, token: getToken(), name: settings.name,
    }));
    socket.onmessage = (e) => {
      if (socket !== this.socket) return;
      this.heard = performance.now();
      this.pinged = false;
      try {
        this.decoder.feed(new Uint8Array(e.data as ArrayBuffer), (p) => this.packet(p));
      } catch (error) {
        console.error(error);
        socket.close();
        this.lost();
      }
    };
    socket.onclose = () => {
      if (socket === this.socket) this.lost();
    };
  }

  private lost(): void {
    this.socket = null;
    this.entries = [];
    this.pending = this.pending.filter((p) => p.done);
    for (const t of this.tables.values()) t.drop();
    if (this.state === "replaced" || this.state === "refused") return;
    this.set("offline");
    const wait = Math.min(8000, 250 * 2 ** this.retry++) * (0.7 + 0.6 * Math.random());
    clearTimeout(this.retryTimer);
    this.retryTimer = window.setTimeout(() => this.connect(), wait);
  }

  /** Tries at once if there is no connection. */
  now(): void {
    if (this.socket) return;
    clearTimeout(this.retryTimer);
    this.connect();
  }

  /** Looks for a server that has become silent. */
  private watch(): void {
    if (!this.socket) return;
    const silent = performance.now() - this.heard;
    if (silent > (this.pinged ? silence + patience : this.state === "connecting" ? patience : Infinity)) {
      this.socket.close();
      this.lost();
    } else if (silent > silence && !this.pinged && this.state === "online") {
      this.pinged = true;
      this.write(encode({ type: Type.Ping, value: 0 }));
    }
  }

  private set(s: State): void {
    if (s === this.state) return;
    this.state = s;
    for (const l of [...this.listeners]) l.state?.(s);
  }

  private packet(p: Received): void {
    switch (p.type) {
      case Type.Welcome: return this.welcomed(p);
      case Type.Seat: return this.seated(p);
      case Type.Done: return this.answered(p.command, { table: p.table });
      case Type.Error: return this.refused(p);
      case Type.Entry: this.entries.push(p); return;
      case Type.EndOfList: {
        this.lists.get(p.command)?.(this.entries);
        this.lists.delete(p.command);
        this.entries = [];
        return this.answered(p.command, { table: 0 });
      }
      case Type.Clock:
      case Type.Forbidden: {
        const t = this.tables.get(p.table);
        if (p.type === Type.Forbidden) this.answered(p.command, { table: p.table });
        else t?.clocks(p.left);
        if (t) this.tell(t, [p]);
        return;
      }
      case Type.Viewers: {
        const t = this.tables.get(p.table);
        if (t) {
          t.viewers = p.count;
          this.tell(t, []);
        }
        return;
      }
      case Type.Bye:
        this.retry = Math.max(this.retry, 1);
        return;
    }
    if (p.type > Type.Seat && p.number > 0) this.record(p);
  }

  private welcomed(w: Welcome): void {
    setToken(w.token);
    this.retry = 0;
    this.seats = w.tables;
    const unanswered = this.pending;
    this.set("online");
    for (const t of this.tables.values()) if (!t.gone) this.comeBack(t);
    if (!this.resumed && w.tables > 0) this.command({ type: Type.Resume, seen: 0 }, 0, null);
    this.resumed = true;
    for (const p of unanswered) {
      if (!this.pending.includes(p)) continue;
      p.again = p.sent;
      p.sent = true;
      this.write(p.bytes);
    }
  }

  private comeBack(t: Table): void {
    if (t.seat !== 0) this.command({ type: Type.Resume, seen: t.seen }, t.id, null);
    else this.command({ type: Type.Watch, code: t.code, seen: t.seen }, 0, null);
  }

  private seated(p: Received & { type: typeof Type.Seat }): void {
    const known = this.tables.get(p.table);
    if (known && !known.gone && known.seen <= p.last) {
      known.seat = p.seat;
    } else {
      this.tables.set(p.table, new Table(p.table, p));
      // A server that knows fewer records than were seen here was put back: only its history counts.
      if (known && !known.gone) this.comeBack(this.tables.get(p.table)!);
    }
    for (const l of [...this.listeners]) l.tables?.();
    this.tell(this.tables.get(p.table)!, []);
  }

  private record(p: Received): void {
    const t = this.tables.get(p.table);
    if (!t) return;
    const news = t.part(p);
    if (news === "gap") {
      if (!this.pending.some((x) => !x.done && x.packet.table === t.id)) this.comeBack(t);
    } else if (news) {
      this.tell(t, news);
    }
  }

  private tell(t: Table, news: Happening[]): void {
    for (const l of [...this.listeners]) l.table?.(t, news);
  }

  private answered(number: number, a: Answer): void {
    const at = this.pending.findIndex((p) => p.number === number);
    if (at < 0) return;
    const [p] = this.pending.splice(at, 1);
    if (!a.error) this.putOff = 0;
    const table = this.tables.get(p!.packet.table);
    if (table && (p!.packet.type === Type.Leave && !a.error || !p!.done && a.error)) {
      table.gone = true;
      this.tables.delete(table.id);
      for (const l of [...this.listeners]) l.tables?.();
    }
    p!.done?.(a);
    if (table) this.tell(table, []);
  }

  private refused(e: ErrorPacket & { table: number }): void {
    if (e.command !== 0) {
      const p = this.pending.find((x) => x.number === e.command);
      const later = e.code === ErrorCode.StoreDown || e.code === ErrorCode.TooFast;
      if (!p || !later || p.done && !p.again) return this.answered(e.command, { table: e.table, error: e });
      // That nothing was done is true of this time only: the answer to the first time was lost. And a table to
      // which there is no way back just now is not gone. A new connection asks again, later each time.
      this.retry = Math.min(5, ++this.putOff);
      this.socket?.close();
      return this.lost();
    }
    this.reason = e;
    const final: number[] = [ErrorCode.BadName, ErrorCode.BadVersion, ErrorCode.BadMagic];
    if (e.code === ErrorCode.Replaced) this.set("replaced");
    else if (final.includes(e.code)) this.set("refused");
  }
}
