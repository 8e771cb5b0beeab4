//go:build !windows

package i18n

// systemLocale: outside Windows the environment is the setting.
func systemLocale() string { return "" }
