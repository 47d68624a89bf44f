using System.Collections.Frozen;
using Llumnix.Adapters.Listeners;
using Llumnix.Server.AdminApi.Answers;
using Llumnix.Server.AdminApi.Endpoints;
using Llumnix.Server.Draining;
using Llumnix.Server.Hosting;
using Llumnix.Server.Http;
using Llumnix.Server.Http.Endpoints;
using Llumnix.Server.Telemetry;
using Llumnix.Server.WhatIf;

namespace Llumnix.Server.AdminApi;

/// <summary>
/// The paths of the admin API. Everything but its pages is behind <see cref="AdminAccess"/>. Where methods differ in who may use them, one that the path does not have is 405 for
/// every caller.
/// </summary>
internal sealed class AdminRoutes
{
    private const string DecisionPrefix = "/admin/decisions/";
    private const string ExplainPath = "/debug/explain";
    private const int MaxBodyMemoryMiB = 4;
    private const string DrainPath = "/admin/drain";
    private const string WhatIfPath = "/admin/what-if";
    private readonly AdminAccess _access;
    private readonly FrozenDictionary<string, IEndpoint> _endpoints;
    private readonly IEndpoint _decision;
    private readonly IEndpoint? _drains;
    private readonly IEndpoint? _pages;
    private readonly MethodGate _whatIf;

    /// <param name="source">What is shown.</param>
    /// <param name="feed">Keeps it up to date.</param>
    /// <param name="whatIfs">Plays what-ifs.</param>
    /// <param name="access">Who may call.</param>
    /// <param name="pages">Answers every other path, without a check of the caller; null for none.</param>
    /// <param name="time">The clock.</param>
    internal AdminRoutes(AdminSource source, AdminFeed feed, WhatIfRunner whatIfs, AdminAccess access, IEndpoint? pages, TimeProvider time)
    {
        _access = access;
        _pages = pages;
        long started = time.GetUtcNow().ToUnixTimeMilliseconds();
        var explainer = new DecisionExplainer(source.Mode, feed.Fleet);
        _decision = Get(new AnswerEndpoint<DecisionAnswer>(
            AdminJsonContext.Default.DecisionAnswer,
            context => (explainer.Explain(context.Request.Path.Value![DecisionPrefix.Length..]), StatusCodes.Status404NotFound, "this decision is not kept")));
        if (source.Drains is { } drains)
        {
            var endpoint = new DelegateEndpoint(drains);
            _drains = DrainEndpoint.WithMethods(new DelegateEndpoint(context => access.OperateAsync(context, endpoint)));
        }

        var whatIf = new QueryGate(new WhatIfEndpoint(whatIfs, access.MaySpend));
        _whatIf = new MethodGate(new DelegateEndpoint(context => access.SpendAsync(context, whatIf)), HttpMethods.Get, HttpMethods.Post, HttpMethods.Delete);
        _endpoints = new Dictionary<string, IEndpoint>(StringComparer.Ordinal)
        {
            ["/admin/fleet"] = Get(new AnswerEndpoint<FleetAnswer>(AdminJsonContext.Default.FleetAnswer, _ => feed.Fleet())),
            [ExplainPath] = new MethodGate(Explain(source.Mode), HttpMethods.Post),
            ["/admin/fleet/history"] = Get(new AnswerEndpoint<FleetHistoryAnswer>(
                AdminJsonContext.Default.FleetHistoryAnswer,
                context => History(feed, context.Request.Query["instance"].ToString())), "instance"),
            ["/admin/fleet/recent"] = Get(new AnswerEndpoint<FleetRecentAnswer>(AdminJsonContext.Default.FleetRecentAnswer, _ => feed.Recent())),
            ["/admin/decisions"] = Get(new AnswerEndpoint<DecisionsAnswer>(AdminJsonContext.Default.DecisionsAnswer, context => Decisions(source, context)), DecisionSearch.Parameters),
            ["/admin/migrations"] = Get(new AnswerEndpoint<MigrationsAnswer>(AdminJsonContext.Default.MigrationsAnswer, _ => feed.Reader.Migrations())),
            ["/admin/targets"] = Get(new AnswerEndpoint<TargetsAnswer>(AdminJsonContext.Default.TargetsAnswer, _ => feed.Targets())),
            ["/admin/settings"] = Get(new AnswerEndpoint<SettingsAnswer>(AdminJsonContext.Default.SettingsAnswer, context => new SettingsAnswer(
                source.Program, BuildVersion.Version, started, access.IsOperator(context), feed.Reader.Status(), source.Warnings, source.Settings))),
            ["/admin/events"] = new MethodGate(new QueryGate(new EventsEndpoint(feed)), HttpMethods.Get),
        }.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>The paths, the parameter of a path in braces.</summary>
    internal IEnumerable<string> Paths => _endpoints.Keys.Append(DecisionPrefix + "{sequence}").Append(DrainPath).Append(WhatIfPath);

    /// <summary>Answers a request.</summary>
    internal Task HandleAsync(HttpContext context)
    {
        string path = context.Request.Path.Value ?? "";
        return _endpoints.TryGetValue(path, out IEndpoint? endpoint) ? _access.ReadAsync(context, endpoint)
            : path.StartsWith(DecisionPrefix, StringComparison.Ordinal) ? _access.ReadAsync(context, _decision)
            : path == DrainPath && _drains is not null ? _drains.HandleAsync(context)
            : path == WhatIfPath ? _whatIf.HandleAsync(context)
            : _pages is not null && !path.StartsWith("/admin", StringComparison.Ordinal) ? _pages.HandleAsync(context)
            : ErrorResponse.WriteAsync(context, StatusCodes.Status404NotFound, "not found");
    }

    private static MethodGate Get(IEndpoint endpoint, params string[] parameters) => new(new QueryGate(endpoint, parameters), HttpMethods.Get, HttpMethods.Head);

    /// <summary>As the scheduler's own path, for callers who may read here; the listener bounds the body.</summary>
    private static QueryGate Explain(SchedulingModeRuntime mode)
    {
        // Of the metrics of refused requests only the service's own are shown.
        var refusals = new RefusalTelemetry(Prometheus.Metrics.WithCustomRegistry(Prometheus.Metrics.NewCustomRegistry()));
        var explain = new ExplainEndpoint(mode.Scheduler, mode.Prefixes, PromptPrefixes.Of(mode.PrefixHistory), mode.FindWarning);
        return new QueryGate(new BodyGate<ParsedRequest>(new BodyReceiver(BodyMemory.Of(MaxBodyMemoryMiB), refusals), explain));
    }

    private static (FleetHistoryAnswer? Answer, int Status, string Error) History(AdminFeed feed, string instance) => instance.Length == 0
        ? (null, StatusCodes.Status400BadRequest, "the parameter instance is needed: /admin/fleet/history?instance=ID")
        : (feed.HistoryOf(instance), StatusCodes.Status404NotFound, "no such instance is known");

    private static (DecisionsAnswer? Answer, int Status, string Error) Decisions(AdminSource source, HttpContext context)
    {
        var search = DecisionSearch.Of(context.Request.Query, out string error);
        return (
            search is null ? null : source.Mode.History is { } history ? search.Find(history) : new DecisionsAnswer(0, 0, [], null),
            StatusCodes.Status400BadRequest,
            error);
    }
}
