using Google.Protobuf.WellKnownTypes;

namespace Intercept.Xds.Sidecars;

/// <summary>Labels or annotations as Kubernetes' downward API writes them into a file: name="value", a line each.</summary>
internal static class DownwardFile
{
    /// <summary>Null when there is no such file: pods need not have it mounted.</summary>
    public static Struct? TryRead(string path, out string? why)
    {
        why = null;
        try
        {
            if (!File.Exists(path))
            {
                return null;
            }

            var values = new Struct();
            foreach (var line in File.ReadLines(path).Where(line => line.Length > 0))
            {
                var equals = line.IndexOf('=', StringComparison.Ordinal);
                if (equals <= 0 || Unquote(line.AsSpan(equals + 1)) is not { } value)
                {
                    why = $"has the line '{line}'";
                    return null;
                }

                values.Fields[line[..equals]] = Value.ForString(value);
            }

            return values;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            why = $"cannot be read: {exception.Message}";
            return null;
        }
    }

    // Quoted as Go does it; of its escapes, those that a label or an annotation comes to need.
    private static string? Unquote(ReadOnlySpan<char> text)
    {
        if (text is not ['"', .. var quoted, '"'])
        {
            return null;
        }

        var value = new System.Text.StringBuilder(quoted.Length);
        for (var i = 0; i < quoted.Length; i++)
        {
            if (quoted[i] != '\\')
            {
                value.Append(quoted[i]);
                continue;
            }

            if (++i == quoted.Length)
            {
                return null;
            }

            value.Append(quoted[i] switch
            {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                var other => other,
            });
        }

        return value.ToString();
    }
}
