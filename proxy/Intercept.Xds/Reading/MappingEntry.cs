namespace Intercept.Xds.Reading;

internal readonly record struct MappingEntry(string Key, int Line, ConfigNode Value);
