using System.Globalization;

namespace Llumnix.Attacks.Harness;

/// <summary>Runs one attack against one program: undisturbed, during, after.</summary>
/// <param name="scale">How large the attack is.</param>
/// <param name="limits">What the scheduler may use.</param>
/// <param name="logFolder">Gets the beginning of each log; null for none.</param>
internal sealed class AttackRun(Scale scale, SchedulerLimits limits, string? logFolder)
{
    internal Scale Scale => scale;

    internal async Task<AttackResult> RunAsync(Attack attack, string name, string program, CancellationToken cancellation)
    {
        FleetKind fleet = attack.Fleet(scale);
        await using Scene scene = await Scene.OpenAsync(fleet, attack.LlumletPort, scale);
        await attack.PrepareAsync(scene, cancellation);
        await using LlumnixProcess scheduler = await LlumnixProcess.StartAsync(
            program, "scheduler", scene.Port, [.. fleet.Flags(scene.StorePort), .. attack.Flags], limits, LogFile(attack, name), cancellation);
        using var clients = new GoodClients(scene.Port, fleet.SchedulingMode);
        await Task.Delay(scale.WarmUp, cancellation);
        ClientFigures before = clients.BeginPhase();
        await Task.Delay(scale.Undisturbed, cancellation);
        (long lines, long bytes) = attack.BeginsAtStart ? (0, 0) : (scheduler.LogLines, scheduler.LogBytes);
        long residentBefore = scheduler.ResidentMiB;
        ClientFigures during = scene.Good = clients.BeginPhase();
        await AttackAsync(attack, scene, cancellation);
        ClientFigures after = clients.BeginPhase();
        await Task.Delay(scale.Settling, cancellation);
        string end = scheduler.End;
        return new AttackResult(
            attack.Name,
            name,
            end,
            end == "alive",
            (residentBefore, scheduler.PeakMiB, scheduler.ResidentMiB),
            before,
            during,
            after,
            scale.LongestP99Ms,
            scheduler.LogLines - lines,
            scheduler.LogBytes - bytes,
            scene.Answers);
    }

    private async Task AttackAsync(Attack attack, Scene scene, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(scale.Limit);
        try
        {
            await attack.RunAsync(scene, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            scene.Answers.Add(string.Create(CultureInfo.InvariantCulture, $"stopped after {scale.Limit.TotalSeconds} s"));
        }
    }

    private string? LogFile(Attack attack, string name) => logFolder is null ? null : Path.Combine(logFolder, $"{attack.Name}-{name}.log");
}
