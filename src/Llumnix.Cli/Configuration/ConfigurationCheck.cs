using Llumnix.Adapters.Options;
using Llumnix.Adapters.Options.Parsing;
using Llumnix.Adapters.Options.Table;
using Llumnix.Adapters.Otlp;
using Llumnix.Adapters.Secrets;
using Llumnix.Cli.Gateway;
using Llumnix.Cli.Llumlet;
using Llumnix.Cli.Load;
using Llumnix.Cli.Options;
using Llumnix.Cli.Serve;
using Llumnix.Gateway.Hosting;
using Llumnix.Gateway.Options;
using Llumnix.Server.Hosting;
using Llumnix.Server.Options;

namespace Llumnix.Cli.Configuration;

/// <summary><c>llumnix validate-config</c>: reports all problems that a start with these flags would find, without starting.</summary>
internal static class ConfigurationCheck
{
    private const string JsonFlag = "--json";
    private const string FleetFlag = "--fleet";

    private static readonly string[] Programs = ["scheduler", "rescheduler", "serve", "gateway", "llumlet"];

    /// <summary>Checks a program's flags, its environment variables and the files that they name.</summary>
    /// <param name="args">The program (<c>scheduler</c>, <c>rescheduler</c>, <c>serve</c>, <c>gateway</c> or <c>llumlet</c>; the scheduler when none is named) and its flags; <c>--json</c> among them asks for JSON, <c>--fleet</c> for the class of each instance in the CMS.</param>
    /// <param name="output">Receives a line per problem, then the options that differ from their defaults; with <c>--json</c> all that is found. Never a secret.</param>
    /// <param name="errors">Receives that the arguments ask for nothing that can be checked, unless <c>--json</c> is among them.</param>
    /// <param name="cancellation">Ends a reading of the CMS early.</param>
    /// <returns>0 when the program would start, even with warnings; 1 when the CMS could not be read; otherwise 2.</returns>
    internal static async Task<int> RunAsync(IReadOnlyList<string> args, TextWriter output, TextWriter errors, CancellationToken cancellation)
    {
        bool isJson = args.Contains(JsonFlag);
        bool isOfFleet = args.Contains(FleetFlag);
        args = [.. args.Where(static arg => arg is not (JsonFlag or FleetFlag))];
        IReadOnlyList<string> flags = [.. args.Skip(1)];
        return (args.Count > 0 ? args[0] : "") switch
        {
            not ("" or "scheduler" or "rescheduler") and { } name when isOfFleet && Programs.Contains(name, StringComparer.Ordinal) => await RefuseAsync(name, FleetFlag, "goes with the scheduler and the rescheduler, which read a CMS", isJson, output, errors),
            "gateway" => await CheckAsync("gateway", WithSchedulerWarning(Parse(GatewayOptionTable.Instance, flags)), CheckGateway, isJson, output),
            "serve" => await CheckAsync("serve", Parse(ServeOptionTable.Instance, flags), CheckServe, isJson, output),
            "llumlet" => await CheckAsync("llumlet", Parse(LlumletOptionTable.Instance, flags), CheckLlumlet, isJson, output),
            "scheduler" => await CheckSchedulerAsync("scheduler", flags, isJson, output, isOfFleet, cancellation),
            "rescheduler" => await CheckSchedulerAsync("rescheduler", ["--standalone-rescheduling-mode", .. flags], isJson, output, isOfFleet, cancellation),
            { Length: > 0 } name when !name.StartsWith('-') => await RefuseAsync(
                name, "argument 1", $"{Quoted.Text(name)} names none of the programs {string.Join(", ", Programs[..^1])} and {Programs[^1]}", isJson, output, errors),
            _ => await CheckSchedulerAsync("scheduler", args, isJson, output, isOfFleet, cancellation),
        };
    }

    /// <summary>What is wrong with the files that options of the scheduler name.</summary>
    /// <param name="parsed">The options.</param>
    /// <param name="withTables">Whether profiling tables are read, too.</param>
    internal static IReadOnlyList<OptionProblem> FindSchedulerFileProblems(OptionsParseResult<SchedulerOptions> parsed, bool withTables)
    {
        var files = new NamedFiles<SchedulerOptions>(parsed);
        if (withTables)
        {
            CheckTables(files);
        }

        CheckOthers(files);
        return files.Errors;
    }

    /// <summary>Adds what is wrong with the files that options of <c>serve</c> name.</summary>
    internal static OptionsParseResult<ServeSettings> CheckServeFiles(OptionsParseResult<ServeSettings> parsed) => WithFiles(parsed, CheckServe);

    /// <summary>Adds what is wrong with the files that options of <c>gateway</c> name.</summary>
    internal static OptionsParseResult<GatewayFlags> CheckGatewayFiles(OptionsParseResult<GatewayFlags> parsed) => WithFiles(parsed, CheckGateway);

    /// <summary>Adds what is wrong with the files that options of <c>llumlet</c> name.</summary>
    internal static OptionsParseResult<LlumletSettings> CheckLlumletFiles(OptionsParseResult<LlumletSettings> parsed) => WithFiles(parsed, CheckLlumlet);

    private static OptionsParseResult<TOptions> WithFiles<TOptions>(OptionsParseResult<TOptions> parsed, Action<NamedFiles<TOptions>> check)
    {
        var files = new NamedFiles<TOptions>(parsed);
        check(files);
        return parsed with { Errors = [.. parsed.Errors, .. files.Errors], Warnings = [.. parsed.Warnings, .. files.Warnings] };
    }

    /// <summary>Tells of a gateway that asks no scheduler, which may not be meant. A gateway that starts tells it in its log.</summary>
    private static OptionsParseResult<GatewayFlags> WithSchedulerWarning(OptionsParseResult<GatewayFlags> parsed) => parsed.Options.IsSchedulerMissing && !parsed.Refused.Contains("scheduler-endpoints")
        ? parsed with
        {
            Warnings =
            [
                .. parsed.Warnings,
                new OptionProblem(parsed.SourceOf("scheduler-endpoints"), "names no scheduler: the gateway chooses between two random engines by itself"),
            ],
        }
        : parsed;

    /// <summary>Tells that the arguments ask for nothing that can be checked: as what is found in JSON, or as other commands do.</summary>
    private static async Task<int> RefuseAsync(string program, string place, string message, bool isJson, TextWriter output, TextWriter errors)
    {
        var problem = new OptionProblem(new OptionSource(OptionSourceKind.Flag, place), message);
        if (!isJson)
        {
            return await UsageError.WriteAsync(errors, "validate-config", problem.ToString());
        }

        await output.WriteAsync(ConfigurationJson.Write(Quoted.Plain(program), problem));
        return ExitCodes.Usage;
    }

    private static OptionsParseResult<TOptions> Parse<TOptions>(OptionTable<TOptions> table, IReadOnlyList<string> flags) =>
        OptionsParser.Parse(table, flags, OptionsParser.ProcessEnvironment(), BoundedTextFile.Read);

    private static Task<int> CheckSchedulerAsync(
        string program, IReadOnlyList<string> flags, bool isJson, TextWriter output, bool isOfFleet, CancellationToken cancellation) => CheckAsync(
            program,
            SchedulerOptionsParser.Parse(flags, SchedulerProgram.KnownNames),
            CheckScheduler,
            isJson,
            output,
            isOfFleet ? options => ClassesOfAsync(options, cancellation) : null);

    private static Task<FleetClasses> ClassesOfAsync(SchedulerOptions options, CancellationToken cancellation) =>
        options is { Mode: { IsFull: true, IsOverEngineMetrics: false }, Profiles.ClassesPath.Length: > 0 }
            ? FleetClasses.ReadAsync(options.Cms, options.Profiles, TimeProvider.System, cancellation)
            : Task.FromResult(new FleetClasses([], $"{FleetFlag} needs --latency-profiles and statuses from a CMS"));

    private static async Task<int> CheckAsync<TOptions>(
        string program,
        OptionsParseResult<TOptions> parsed,
        Action<NamedFiles<TOptions>> check,
        bool isJson,
        TextWriter output,
        Func<TOptions, Task<FleetClasses>>? readFleet = null)
    {
        if (parsed.IsHelpRequested)
        {
            output.WriteLine("Usage: llumnix validate-config [--json] [--fleet] [scheduler|rescheduler|serve|gateway|llumlet] [its flags]; without a name, the scheduler's.");
            output.WriteLine($"{FleetFlag} reads the instances in the CMS and tells the class of --latency-profiles of each.");
            output.WriteLine($"The flags are told by: llumnix {program} --help");
            return ExitCodes.Success;
        }

        OptionsParseResult<TOptions> found = WithFiles(parsed, check);
        found = found with { Warnings = [.. found.Warnings, .. FindTelemetryWarnings()] };
        FleetClasses? fleet = readFleet is not null && found.Errors.Count == 0 ? await readFleet(parsed.Options) : null;
        if (isJson)
        {
            output.Write(ConfigurationJson.Write(program, found, fleet));
            return fleet?.Problem is null ? found.ExitCode : ExitCodes.Failure;
        }

        output.Write(OptionsReport.RenderProblems(found));
        int errors = found.Errors.Count;
        if (errors > 0)
        {
            string subject = program == "scheduler" ? "the scheduler" : $"llumnix {program}";
            output.WriteLine($"{errors} error{(errors == 1 ? "" : "s")}: {subject} would not start");
            return ExitCodes.Usage;
        }

        output.Write(OptionsReport.RenderEffective(parsed));
        output.WriteLine("valid");
        foreach ((string id, string name) in fleet?.Instances ?? [])
        {
            output.WriteLine($"instance {AnswerText.OneLine(id)}: {name}");
        }

        if (fleet?.Problem is { } problem)
        {
            output.WriteLine($"error: {problem}");
            return ExitCodes.Failure;
        }

        return ExitCodes.Success;
    }

    /// <summary>Telemetry that cannot be sent keeps no program from its start.</summary>
    private static IEnumerable<OptionProblem> FindTelemetryWarnings() => OtlpSettings.ReadEnvironment().Problems.Select(static problem =>
    {
        string[] parts = problem.Split(' ', 2);
        return new OptionProblem(new OptionSource(OptionSourceKind.Environment, parts[0]), parts[1]);
    });

    private static void CheckScheduler(NamedFiles<SchedulerOptions> files)
    {
        CheckTables(files);
        CheckOthers(files);
    }

    private static void CheckTables(NamedFiles<SchedulerOptions> files)
    {
        files.CheckProfiles(files.Options.Profiles.TtftPath, files.Options.Profiles.TpotPath);
        files.CheckClasses(files.Options.Profiles);
    }

    private static void CheckOthers(NamedFiles<SchedulerOptions> files)
    {
        SchedulerOptions options = files.Options;
        files.CheckListener(options.Service.TlsCertificateFile, options.Service.TlsKeyFile);
        files.CheckCertificates("cms-redis-ca-file", options.Cms.Redis.CaFile);
        CheckDiscovery(files, options.Discovery);
        files.Add("engine-api-key-file", EngineKey.FindProblem(options.Engines.Scraper.ApiKeyFile));
        files.CheckCertificates("llumlet-grpc-ca-file", options.Llumlets.CaFile);
        files.CheckCertificates("kvs-metadata-service-http-server-ca-file", options.KvStore.Mooncake.CaFile);
        files.CheckCertificates("kvs-metadata-service-redis-cluster-ca-file", options.KvStore.V6d.CaFile);
    }

    private static void CheckGateway(NamedFiles<GatewayFlags> files)
    {
        CheckShared(files, files.Options.Gateway);
        CheckDiscovery(files, files.Options.Discovery);
    }

    private static void CheckLlumlet(NamedFiles<LlumletSettings> files)
    {
        files.CheckCertificates("cms-redis-ca-file", files.Options.Redis.CaFile);
        files.Add("engine-api-key-file", EngineKey.FindProblem(files.Options.Reading.Scraper.ApiKeyFile));
    }

    private static void CheckServe(NamedFiles<ServeSettings> files) => CheckShared(files, files.Options.Gateway);

    private static void CheckShared<TOptions>(NamedFiles<TOptions> files, GatewayOptions options)
    {
        files.CheckListener(options.TlsCertificateFile, options.TlsKeyFile);
        files.Add("api-key-file", GatewayFiles.FindKeyProblem(options.ApiKeyFile));
        files.Add("engine-api-key-file", EngineKey.FindProblem(options.EngineApiKeyFile));
        files.Add("mirror-config-file", GatewayFiles.FindMirrorProblem(options.MirrorFile));
    }

    private static void CheckDiscovery<TOptions>(NamedFiles<TOptions> files, DiscoveryOptions options)
    {
        files.CheckCertificates("discovery-redis-ca-file", options.Redis.Redis.CaFile);
        files.CheckCertificates("discovery-etcd-ca-file", options.Etcd.Etcd.CaFile);
    }
}
