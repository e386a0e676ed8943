using Google.Protobuf.WellKnownTypes;
using Intercept.Mesh.Clusters;

namespace Intercept.Xds.Translation;

/// <summary>
/// What an endpoint says of its transport, and what a transport socket match asks for. Both are text: a criterion of another
/// kind is refused, and an endpoint's label of another kind meets none.
/// </summary>
internal static class TransportLabelTranslator
{
    public static TransportLabels ToLabels(Struct said) =>
        new(said.Fields.Where(field => field.Value.KindCase == Value.KindOneofCase.StringValue).Select(field => new TransportLabel(field.Key, field.Value.StringValue)));

    public static TransportLabels ToCriteria(Struct? asked, TranslationScope scope, string path)
    {
        if (asked is null)
        {
            return TransportLabels.None;
        }

        foreach (var field in asked.Fields.Where(field => field.Value.KindCase != Value.KindOneofCase.StringValue))
        {
            scope.Report($"{path}[\"{field.Key}\"]", null, "is not text", "text");
        }

        return scope.Share(ToLabels(asked));
    }
}
