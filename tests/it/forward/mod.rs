//! `watchdog forward` and its supervisor, with real kubectl against demo clusters.

mod survival;
mod verbs;
