namespace Llumnix.Server.AdminApi.Answers;

/// <summary>The answer of <c>GET /admin/settings</c>.</summary>
/// <param name="Program">The command that runs, such as <c>scheduler</c> or <c>serve</c>.</param>
/// <param name="Version">Version of the build.</param>
/// <param name="StartedMs">When the process took up its work, Unix time in milliseconds.</param>
/// <param name="IsOperator">Whether the caller may change something.</param>
/// <param name="Status">Readiness and leadership, as in the event <c>status</c>.</param>
/// <param name="Warnings">What is doubtful in the options.</param>
/// <param name="Options">Every option, in the order of the reference.</param>
public sealed record SettingsAnswer(
    string Program,
    string Version,
    long StartedMs,
    bool IsOperator,
    StatusEvent Status,
    IReadOnlyList<string> Warnings,
    IReadOnlyList<EffectiveSetting> Options);
