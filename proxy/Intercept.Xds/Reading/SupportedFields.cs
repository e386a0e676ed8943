using Google.Protobuf.Reflection;

namespace Intercept.Xds.Reading;

/// <summary>
/// What of our protos the proxy acts on. The control plane writes more than that (HTTP, for those who speak it): a field
/// that stands in a table of what is refused or ignored is no field to a reader, whether the proto has it or not.
/// </summary>
internal static class SupportedFields
{
    public static bool Contains(FieldDescriptor field) =>
        !IgnoredFields.Contains(field.ContainingType.FullName, field.Name)
        && UnsupportedFields.Find(field.ContainingType.FullName, field.Name) is null;

    public static IEnumerable<FieldDescriptor> Of(MessageDescriptor type) => type.Fields.InDeclarationOrder().Where(Contains);
}
