using System.Text;
using Google.Protobuf.WellKnownTypes;

namespace Intercept.Xds.Wire;

/// <summary>A TypedStruct says by name what it would be, for whoever has no proto of it: the name is all we need to ignore it.</summary>
internal static class TypedStructs
{
    private const int TypeUrl = 1;

    private static readonly string[] _names = ["xds.type.v3.TypedStruct", "udpa.type.v1.TypedStruct"];

    /// <summary>The name of the message that an Any stands for.</summary>
    public static string TypeName(Any any)
    {
        var name = Any.GetTypeName(any.TypeUrl);
        if (!_names.Contains(name))
        {
            return name;
        }

        var reader = new WireReader(any.Value.Span);
        while (reader.Read())
        {
            if (reader is { Number: TypeUrl, Kind: WireKind.Bytes })
            {
                return Any.GetTypeName(Encoding.UTF8.GetString(reader.Bytes));
            }
        }

        return name;
    }
}
