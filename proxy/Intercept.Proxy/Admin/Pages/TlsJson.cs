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

    private static void WriteStart(Utf8JsonWriter json, string message, TlsParameters parameters, CertificateSource? certificate, PeerRules? peer)
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
        WriteCertificate(json, certificate);
        WriteTrust(json, peer);

        json.WriteTexts("alpn_protocols", parameters.AlpnProtocols);
        json.WriteEndObject();
    }

    private static void WriteCertificate(Utf8JsonWriter json, CertificateSource? certificate)
    {
        switch (certificate)
        {
            case CertificateFiles files:
                json.WriteObjects("tls_certificates", [files], static (json, files) =>
                {
                    WriteFile(json, "certificate_chain", files.ChainPath);
                    WriteFile(json, "private_key", files.KeyPath);
                });
                break;
            case SecretCertificate secret:
                json.WriteObjects("tls_certificate_sds_secret_configs", [secret], static (json, secret) => json.WriteString("name", secret.Name));
                break;
        }
    }

    private static void WriteTrust(Utf8JsonWriter json, PeerRules? peer)
    {
        switch (peer?.Trust)
        {
            case TrustFile file:
                json.WriteStartObject("validation_context");
                WriteFile(json, "trusted_ca", file.Path);
                WriteMatchers(json, peer);
                json.WriteEndObject();
                break;
            case SecretTrust secret:
                json.WriteStartObject("combined_validation_context");
                json.WriteStartObject("default_validation_context");
                WriteMatchers(json, peer);
                json.WriteEndObject();
                json.WriteStartObject("validation_context_sds_secret_config");
                json.WriteString("name", secret.Name);
                json.WriteEndObject();
                json.WriteEndObject();
                break;
        }
    }

    private static void WriteMatchers(Utf8JsonWriter json, PeerRules peer) =>
        json.WriteObjects("match_typed_subject_alt_names", peer.UriMatchers, static (json, matcher) =>
        {
            json.WriteString("san_type", "URI");
            json.WriteStartObject("matcher");
            StringMatchJson.Write(json, matcher);
            json.WriteEndObject();
        });

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
