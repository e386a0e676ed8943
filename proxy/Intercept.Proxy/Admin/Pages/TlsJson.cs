using System.Text.Json;
using Intercept.Mesh.Tls;

namespace Intercept.Proxy.Admin.Pages;

/// <summary>A TLS context as a transport_socket. Files are named, never opened.</summary>
internal static class TlsJson
{
    private const string Contexts = "envoy.extensions.transport_sockets.tls.v3";

    public static void Write(Utf8JsonWriter json, DownstreamTls tls)
    {
        WriteStart(json, "DownstreamTlsContext", tls.Parameters, tls.Certificate, tls.Peer);
        json.WriteTrue("require_client_certificate", tls.RequiresClientCertificate);
        if (!tls.ResumesSessions)
        {
            json.WriteBoolean("disable_stateless_session_resumption", true);
        }

        WriteEnd(json);
    }

    public static void Write(Utf8JsonWriter json, UpstreamTls tls)
    {
        WriteStart(json, "UpstreamTlsContext", tls.Parameters, tls.Certificate, tls.Peer);
        if (tls.ServerName is { } name)
        {
            json.WriteString("sni", name);
        }

        if (!tls.ResumesSessions)
        {
            json.WriteNumber("max_session_keys", 0);
        }

        WriteEnd(json);
    }

    private static void WriteStart(Utf8JsonWriter json, string message, TlsParameters parameters, CertificateFiles? certificate, PeerRules? peer)
    {
        json.WriteStartObject("transport_socket");
        json.WriteString("name", "envoy.transport_sockets.tls");
        json.WriteStartObject("typed_config");
        json.WriteType($"{Contexts}.{message}");
        json.WriteStartObject("common_tls_context");
        json.WriteStartObject("tls_params");
        json.WriteString("tls_minimum_protocol_version", VersionName(parameters.Minimum));
        json.WriteString("tls_maximum_protocol_version", VersionName(parameters.Maximum));
        json.WriteTexts("cipher_suites", parameters.CipherSuites);
        json.WriteEndObject();
        if (certificate is not null)
        {
            json.WriteObjects("tls_certificates", [certificate], static (json, files) =>
            {
                WriteFile(json, "certificate_chain", files.ChainPath);
                WriteFile(json, "private_key", files.KeyPath);
            });
        }

        if (peer is not null)
        {
            json.WriteStartObject("validation_context");
            WriteFile(json, "trusted_ca", peer.TrustBundlePath);
            json.WriteObjects("match_typed_subject_alt_names", peer.UriMatchers, static (json, matcher) =>
            {
                json.WriteString("san_type", "URI");
                json.WriteStartObject("matcher");
                StringMatchJson.Write(json, matcher);
                json.WriteEndObject();
            });
            json.WriteEndObject();
        }

        json.WriteTexts("alpn_protocols", parameters.AlpnProtocols);
        json.WriteEndObject();
    }

    private static void WriteEnd(Utf8JsonWriter json)
    {
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static string VersionName(TlsVersion version) => version == TlsVersion.Tls12 ? "TLSv1_2" : "TLSv1_3";

    private static void WriteFile(Utf8JsonWriter json, string name, string path)
    {
        json.WriteStartObject(name);
        json.WriteString("filename", path);
        json.WriteEndObject();
    }
}
