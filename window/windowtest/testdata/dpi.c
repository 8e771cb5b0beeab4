/* dpi DPI LEFT TOP RIGHT BOTTOM tells the window of hansu-window that it is on a screen of another density now, as
   Windows does when it is dragged there. The rectangle that Windows suggests lies in the window's own memory. */
#include <stdlib.h>
#include <windows.h>

#ifndef WM_DPICHANGED
#define WM_DPICHANGED 0x02e0
#endif

int main(int argc, char **argv)
{
	HWND window = FindWindowW(L"HansuWindow", NULL);
	DWORD id = 0;
	HANDLE process;
	void *there;
	RECT rect;
	int dpi;

	if (argc != 6 || !window)
		return 1;
	dpi = atoi(argv[1]);
	SetRect(&rect, atoi(argv[2]), atoi(argv[3]), atoi(argv[4]), atoi(argv[5]));
	GetWindowThreadProcessId(window, &id);
	process = OpenProcess(PROCESS_VM_OPERATION | PROCESS_VM_WRITE, FALSE, id);
	there = process ? VirtualAllocEx(process, NULL, sizeof rect, MEM_COMMIT, PAGE_READWRITE) : NULL;
	if (!there || !WriteProcessMemory(process, there, &rect, sizeof rect, NULL))
		return 2;
	SendMessageW(window, WM_DPICHANGED, MAKEWPARAM(dpi, dpi), (LPARAM)there);
	return 0;
}
