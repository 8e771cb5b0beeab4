// Package screen is the Windows client without Windows: what is on the window, where it is, what a click or a
// key does, and what happens on the connection. [App] takes events and gives a [View]: a picture, the texts
// to be written over it, and the controls (lines to type in, buttons) that the system brings. Package window
// carries out on Windows what the View says; everything here is tested on any system.
package screen
