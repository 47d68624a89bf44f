using System.CommandLine;

namespace Llumnix.Attacks.Soak;

/// <summary><c>attacks soak</c>: very many schedules in process, then a scheduler with its HTTP face and metrics over a real Redis.</summary>
internal static class SoakCommand
{
    internal static Command Command()
    {
        var schedules = new Option<long>("--schedules") { DefaultValueFactory = _ => 10_000_000, Description = "in each mode" };
        var rounds = new Option<int>("--rounds") { DefaultValueFactory = _ => 100, Description = "rounds of churn with the HTTP face; 0 leaves it out" };
        var mode = new Option<string>("--mode") { DefaultValueFactory = _ => "both", Description = "full, lite or both" };
        var seed = new Option<int>("--seed") { DefaultValueFactory = _ => 1 };
        mode.AcceptOnlyFromAmong("full", "lite", "both");
        var command = new Command("soak", "Schedules for very long and looks for what is left over.") { schedules, rounds, mode, seed };
        command.SetAction((parsed, cancellation) => RunAsync(
            parsed.GetValue(schedules), parsed.GetValue(rounds), parsed.GetValue(mode)!, parsed.GetValue(seed), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(long schedules, int rounds, string mode, int seed, CancellationToken cancellation)
    {
        bool isGood = true;
        foreach (bool isFullMode in (bool[])[true, false])
        {
            if (mode == "both" || (mode == "full") == isFullMode)
            {
                isGood &= SoakRun.Run(isFullMode ? new FullModeSoak(seed) : new LiteModeSoak(seed), schedules);
                isGood &= rounds == 0 || await new HostSoak(isFullMode, rounds).RunAsync(cancellation);
            }
        }

        Console.WriteLine(isGood ? "memory is flat, accounts are at zero, series are back" : "something grew or was left over");
        return isGood ? 0 : 1;
    }
}
