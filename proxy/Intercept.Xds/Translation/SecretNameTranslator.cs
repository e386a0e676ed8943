using Envoy.Extensions.TransportSockets.Tls.V3;
using SourceCase = Envoy.Config.Core.V3.ConfigSource.ConfigSourceSpecifierOneofCase;

namespace Intercept.Xds.Translation;

/// <summary>
/// The name of a secret. One that says ads is asked for on the stream of all resources, unless the proxy was started with a
/// source of certificates that gives it: any other is put into the secret store by that source, as Istio's agent does
/// behind its sds-grpc cluster.
/// </summary>
internal sealed class SecretNameTranslator(TranslationScope scope)
{
    public string? Translate(SdsSecretConfig config, string path)
    {
        if (config.Name.Length == 0)
        {
            scope.Missing($"{path}.name", "the name of a secret");
            return null;
        }

        if (config.SdsConfig?.ConfigSourceSpecifierCase == SourceCase.Ads)
        {
            scope.Ask(config.Name, $"{path}.sds_config");
        }

        return config.Name;
    }
}
