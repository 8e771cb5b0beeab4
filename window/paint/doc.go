// Package paint draws into pixels with smooth edges, which GDI's shapes have not: filled and stroked paths,
// rounded rectangles, the wood and stones of omok, the men of chess. What it draws depends on nothing but
// its arguments, so that a picture is the same on every system. Texts are the system's business.
package paint
