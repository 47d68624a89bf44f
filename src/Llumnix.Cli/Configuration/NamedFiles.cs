using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Llumnix.Adapters.Listeners;
using Llumnix.Adapters.Options;
using Llumnix.Adapters.Profiles;
using Llumnix.Server.Options;

namespace Llumnix.Cli.Configuration;

/// <summary>Reads the files that options name, as a start or a first connection would.</summary>
/// <param name="parsed">The options.</param>
internal sealed class NamedFiles(OptionsParseResult<SchedulerOptions> parsed)
{
    private readonly List<OptionProblem> _errors = [];
    private readonly List<OptionProblem> _warnings = [];

    /// <summary>The files that cannot be used.</summary>
    public IReadOnlyList<OptionProblem> Errors => _errors;

    /// <summary>Repairs that were made to the files' contents.</summary>
    public IReadOnlyList<OptionProblem> Warnings => _warnings;

    /// <summary>Reads them all.</summary>
    public void Check()
    {
        SchedulerOptions options = parsed.Options;
        var completed = new List<string>();
        CheckTable("ttft-profiling-data-path", options.Profiles.TtftPath, path => ProfilingTables.ReadPrefill(path));
        CheckTable("tpot-profiling-data-path", options.Profiles.TpotPath, path => ProfilingTables.ReadDecode(path, completed));
        _warnings.AddRange(completed.Select(warning => new OptionProblem(parsed.SourceOf("tpot-profiling-data-path"), warning)));
        CheckListener(options.Service);
        CheckCertificates("cms-redis-ca-file", options.Cms.Redis.CaFile);
        CheckCertificates("discovery-redis-ca-file", options.Discovery.Redis.Redis.CaFile);
        CheckCertificates("discovery-etcd-ca-file", options.Discovery.Etcd.Etcd.CaFile);
        CheckCertificates("llumlet-grpc-ca-file", options.Llumlets.CaFile);
        CheckCertificates("kvs-metadata-service-http-server-ca-file", options.KvStore.Mooncake.CaFile);
        CheckCertificates("kvs-metadata-service-redis-cluster-ca-file", options.KvStore.V6d.CaFile);
    }

    private void CheckTable(string option, string path, Action<string> read)
    {
        if (path.Length == 0)
        {
            return;
        }

        try
        {
            read(path);
        }
        catch (ProfilingTableException exception)
        {
            _errors.Add(new OptionProblem(parsed.SourceOf(option), exception.Message));
        }
    }

    private void CheckListener(ServiceOptions service)
    {
        if (service.TlsCertificateFile.Length == 0 || service.TlsKeyFile.Length == 0)
        {
            return;
        }

        try
        {
            ListenerCertificate.Check(service.TlsCertificateFile, service.TlsKeyFile);
        }
        catch (ListenerCertificateException exception)
        {
            _errors.Add(new OptionProblem(parsed.SourceOf("tls-key-file"), exception.Message));
        }
    }

    private void CheckCertificates(string option, string path)
    {
        if (path.Length == 0)
        {
            return;
        }

        try
        {
            var certificates = new X509Certificate2Collection();
            certificates.ImportFromPemFile(path);
            if (certificates.Count == 0)
            {
                _errors.Add(new OptionProblem(parsed.SourceOf(option), "no certificate is in the file that it names"));
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException)
        {
            // Neither the path nor a message that contains it: the option may have been given a secret by mistake.
            _errors.Add(new OptionProblem(parsed.SourceOf(option), $"the file that it names cannot be used: {exception.GetType().Name}"));
        }
    }
}
