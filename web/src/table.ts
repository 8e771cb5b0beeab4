// What this browser knows of one table: the sum of its records.

import {
  MoveKind, OfferTakeback, Type, type Move, type Received, type Seat, type TimeLeft, type Timing, type Variant, ReplyWithdraw,
} from "./wire";

export interface Player {
  name: string;
  here: boolean;
  away: boolean;
  claimAt: number; // performance.now() from which the game may be claimed
  offer: number;   // 0: none
  left: TimeLeft;
}

export interface Ply {
  seat: number;
  move: Move;
}

export interface Line {
  seat: number;
  text: string;
}

const noTime: TimeLeft = { main: 0, extra: 0, periods: 0, stones: 0 };
const nobody = (): Player => ({ name: "", here: false, away: false, claimAt: 0, offer: 0, left: noTime });

/** How many lines of chat are kept. */
const linesMost = 200;

/** What one record did. */
export type Happening = Received;

export class Table {
  readonly code: string;
  readonly variant: Variant;
  readonly timing: Timing;
  readonly private: boolean;
  seat: number;
  seen = 0;
  past: number; // records up to this one happened before this browser came
  game = 0;
  first = 0;
  black = 0;
  turn = 0;
  winner = 0;
  reason = 0;
  moves: Ply[] = [];
  players = [nobody(), nobody()];
  chat: Line[] = [];
  leftAt = 0; // performance.now() of players' left
  viewers = 0; // who look on without a seat
  gone = false; // this browser is no longer at the table

  private parts: Received[] = [];

  constructor(readonly id: number, p: Seat) {
    this.code = p.code;
    this.variant = p.variant;
    this.timing = p.timing;
    this.private = p.private !== 0;
    this.seat = p.seat;
    this.past = p.last;
  }

  get running(): boolean {
    return this.game > 0 && this.reason === 0;
  }

  get myTurn(): boolean {
    return this.running && this.seat !== 0 && this.turn === this.seat;
  }

  player(seat: number): Player {
    return this.players[seat - 1] ?? nobody();
  }

  /**
   * Takes the next packet of a record. Returns the record's packets when it is whole, null while it is not or is
   * known already, and "gap" when records are missing in between.
   */
  part(p: Received): Happening[] | null | "gap" {
    if (p.number <= this.seen) return null;
    if (p.number > this.seen + 1) return "gap";
    this.parts.push(p);
    if (p.flags & 1) return null;
    const parts = this.parts;
    this.drop();
    this.seen = p.number;
    for (const x of parts) this.apply(x);
    return parts;
  }

  /** Forgets a record that came in half. */
  drop(): void {
    this.parts = [];
  }

  private apply(p: Received): void {
    switch (p.type) {
      case Type.Seated:
        this.players[p.seat - 1] = { ...nobody(), name: p.name, here: true, left: this.player(p.seat).left };
        break;
      case Type.Started:
        Object.assign(this, { game: p.game, first: p.first, turn: p.first, winner: 0, reason: 0, moves: [] });
        this.black = this.variant.kind === 2 ? 3 - p.first : p.first;
        this.clocks(p.left);
        this.noOffers();
        break;
      case Type.Moved:
        this.moved(p.seat, p.ply, p.move);
        this.turn = p.next;
        this.black = p.black;
        this.clocks(p.left);
        break;
      case Type.Proposed:
        this.player(p.seat).offer = p.what;
        break;
      case Type.Replied:
        this.player(p.accept === ReplyWithdraw ? p.seat : 3 - p.seat).offer = 0;
        break;
      case Type.TookBack:
        this.moves = this.moves.slice(0, p.ply);
        this.turn = p.next;
        this.black = p.black;
        this.clocks(p.left);
        this.noOffers();
        break;
      case Type.Ended:
        Object.assign(this, { turn: 0, winner: p.winner, reason: p.reason });
        this.clocks(p.left);
        this.noOffers();
        break;
      case Type.Said:
        this.chat = [...this.chat, { seat: p.seat, text: p.text }].slice(-linesMost);
        break;
      case Type.Away:
        Object.assign(this.player(p.seat), { away: true, claimAt: performance.now() + p.grace });
        break;
      case Type.Back:
        this.player(p.seat).away = false;
        break;
      case Type.Left:
        this.players[p.seat - 1] = { ...nobody(), name: this.player(p.seat).name, left: this.player(p.seat).left };
        break;
    }
  }

  private moved(seat: number, ply: number, move: Move): void {
    if (ply !== this.moves.length + 1) throw new Error(`move ${ply} after ${this.moves.length}`);
    this.moves = [...this.moves, { seat, move }];
    const other = this.player(3 - seat), own = this.player(seat);
    other.offer = 0; // moving on is declining
    if (own.offer === OfferTakeback) own.offer = 0;
  }

  /** Takes in what the clocks show now. */
  clocks(left: [TimeLeft, TimeLeft]): void {
    this.player(1).left = left[0];
    this.player(2).left = left[1];
    this.leftAt = performance.now();
  }

  private noOffers(): void {
    for (const p of this.players) p.offer = 0;
  }
}

/** Says whether two moves are the same. */
export function sameMove(a: Move, b: Move): boolean {
  return a.kind === b.kind && a.arg === b.arg
    && (a.kind === MoveKind.Choose || (a.col === b.col && a.row === b.row && a.fromCol === b.fromCol && a.fromRow === b.fromRow));
}
