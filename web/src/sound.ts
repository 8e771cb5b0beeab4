// Sounds, made here: a stone on wood, a man on a board, a bell. Nothing is loaded.

import { settings } from "./settings";

let context: AudioContext | null = null;

function knock(pitch: number, length: number, volume: number, after = 0): void {
  if (!settings.sound) return;
  try {
    context ??= new AudioContext();
    if (context.state !== "running") {
      void context.resume();
      if (!navigator.userActivation?.hasBeenActive) return;
    }
    const at = context.currentTime + after;
    const tone = context.createOscillator(), gain = context.createGain();
    tone.frequency.setValueAtTime(pitch, at);
    tone.frequency.exponentialRampToValueAtTime(pitch / 2.2, at + length);
    gain.gain.setValueAtTime(volume, at);
    gain.gain.exponentialRampToValueAtTime(0.0005, at + length);
    tone.connect(gain).connect(context.destination);
    tone.start(at);
    tone.stop(at + length);
  } catch {
    // a browser without sound
  }
}

export const sounds = {
  stone: () => knock(1500, 0.09, 0.5),
  man: () => knock(420, 0.11, 0.5),
  start: () => { knock(660, 0.25, 0.25); knock(880, 0.3, 0.25, 0.16); },
  end: () => { knock(523, 0.35, 0.3); knock(392, 0.5, 0.3, 0.2); },
  low: () => knock(990, 0.08, 0.2),
};

/** Counts a period's last seconds aloud. */
export function count(seconds: number): void {
  if (!settings.count || !("speechSynthesis" in window)) return;
  const u = new SpeechSynthesisUtterance(String(seconds));
  u.lang = settings.language === "ko" ? "ko-KR" : "en-GB";
  u.rate = 1.4;
  speechSynthesis.cancel();
  speechSynthesis.speak(u);
}
