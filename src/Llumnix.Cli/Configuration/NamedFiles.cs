using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Llumnix.Adapters.Files;
using Llumnix.Adapters.Listeners;
using Llumnix.Adapters.Options;
using Llumnix.Adapters.Options.Parsing;
using Llumnix.Adapters.Profiles;
using Llumnix.Scheduling.Prediction;

namespace Llumnix.Cli.Configuration;

/// <summary>Reads the files that options name, as a start or a first connection would.</summary>
/// <typeparam name="TOptions">What the options are held in.</typeparam>
/// <param name="parsed">The options.</param>
internal sealed class NamedFiles<TOptions>(OptionsParseResult<TOptions> parsed)
{
    private readonly List<OptionProblem> _errors = [];
    private readonly List<OptionProblem> _warnings = [];

    /// <summary>The options.</summary>
    public TOptions Options => parsed.Options;

    /// <summary>The files that cannot be used.</summary>
    public IReadOnlyList<OptionProblem> Errors => _errors;

    /// <summary>Repairs that were made to the files' contents.</summary>
    public IReadOnlyList<OptionProblem> Warnings => _warnings;

    /// <summary>Reads the tables of measured latencies.</summary>
    public void CheckProfiles(string ttftPath, string tpotPath)
    {
        var completed = new List<string>();
        CheckTable("ttft-profiling-data-path", ttftPath, path => ProfilingTables.ReadPrefill(path));
        CheckTable("tpot-profiling-data-path", tpotPath, path => ProfilingTables.ReadDecode(path, completed));
        _warnings.AddRange(completed.Select(warning => new OptionProblem(parsed.SourceOf("tpot-profiling-data-path"), warning)));
    }

    /// <summary>Reads the classes of tables, every table that they name, and what the classes have to do with each other.</summary>
    public void CheckClasses(ProfileOptions options)
    {
        const string Option = "latency-profiles";
        if (options.ClassesPath.Length == 0)
        {
            return;
        }

        var completed = new List<string>();
        IReadOnlyList<ProfileRule> rules = [];
        try
        {
            rules = ProfileRulesFile.Read(options.ClassesPath, completed);
        }
        catch (ProfilingTableException exception)
        {
            AddAll(Option, exception);
        }

        _warnings.AddRange(completed.Concat(ClassConflicts.Find(rules, options.HasDefault)).Select(warning => new OptionProblem(parsed.SourceOf(Option), warning)));
    }

    /// <summary>Takes over what was found out about an option's file.</summary>
    /// <param name="option">The flag without dashes.</param>
    /// <param name="problem">What is wrong; null when nothing is.</param>
    public void Add(string option, string? problem)
    {
        if (problem is not null)
        {
            _errors.Add(new OptionProblem(parsed.SourceOf(option), problem));
        }
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
            AddAll(option, exception);
        }
    }

    private void AddAll(string option, ProfilingTableException exception) =>
        _errors.AddRange(exception.Problems.Select(problem => new OptionProblem(parsed.SourceOf(option), problem)));

    /// <summary>Reads the listener's certificate.</summary>
    public void CheckListener(string certificateFile, string keyFile)
    {
        if (certificateFile.Length == 0 || keyFile.Length == 0)
        {
            return;
        }

        try
        {
            ListenerCertificate.Check(certificateFile, keyFile);
        }
        catch (ListenerCertificateException exception)
        {
            _errors.AddRange(exception.Problems.Select(problem => new OptionProblem(parsed.SourceOf(problem.Option), problem.Problem)));
        }
    }

    /// <summary>Reads a file of certificates.</summary>
    /// <param name="option">The flag that names it, without dashes.</param>
    /// <param name="path">The file; empty for none.</param>
    public void CheckCertificates(string option, string path)
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
                _errors.Add(new OptionProblem(parsed.SourceOf(option), $"no certificate is in {NamedFile.Of(path)}"));
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException)
        {
            _errors.Add(new OptionProblem(parsed.SourceOf(option), $"{NamedFile.Of(path)} cannot be used: {FileFailure.Describe(exception)}"));
        }
    }
}
