using System.CommandLine;
using System.Runtime.InteropServices;
using Llumnix.Attacks.Harness;

namespace Llumnix.Attacks;

/// <summary><c>attacks run</c>: attacks schedulers, and tells what became of them and of their good clients.</summary>
internal static class AttackCommand
{
    internal static Command Command()
    {
        var programs = new Option<string[]>("--program") { Required = true, Description = "llumnix.dll, or NAME=llumnix.dll; may be repeated" };
        var attacks = new Option<string[]>("--attack") { DefaultValueFactory = _ => [], Description = "only this attack; may be repeated" };
        var smoke = new Option<bool>("--smoke") { Description = "small attacks that only show that each of them runs" };
        var memory = new Option<int>("--memory-mib") { DefaultValueFactory = _ => 512, Description = "the scheduler's memory limit" };
        var logs = new Option<string?>("--logs") { Description = "folder for the beginning of each scheduler's log" };
        var command = new Command("run", "Attacks schedulers on this machine's loopback.") { programs, attacks, smoke, memory, logs };
        command.SetAction((parsed, cancellation) => RunAsync(
            [.. parsed.GetValue(programs)!.Select(ProgramUnderAttack.Parse)],
            parsed.GetValue(attacks)!,
            new AttackRun(new Scale(parsed.GetValue(smoke)), new SchedulerLimits(parsed.GetValue(memory)), parsed.GetValue(logs)),
            parsed.GetValue(logs),
            cancellation));
        return command;
    }

    /// <summary>The names of the attacks and what they do.</summary>
    internal static Command ListCommand()
    {
        var command = new Command("list", "Lists the attacks.");
        command.SetAction(_ =>
        {
            foreach (Attack attack in AllAttacks.Make())
            {
                Console.WriteLine($"{attack.Name,-20} {attack.Description}");
                (attack as IDisposable)?.Dispose();
            }
        });
        return command;
    }

    /// <summary>0: every scheduler withstood every attack; 1: not so; 2: bad arguments.</summary>
    private static async Task<int> RunAsync(
        IReadOnlyList<ProgramUnderAttack> programs, string[] names, AttackRun run, string? logFolder, CancellationToken cancellation)
    {
        IReadOnlyList<Attack> all = AllAttacks.Make();
        string[] problems =
        [
            .. programs.Where(static program => !File.Exists(program.Path)).Select(static program => $"{program.Path} is not there: build it first"),
            .. names.Where(name => all.All(attack => attack.Name != name)).Select(static name => $"there is no attack {name}"),
        ];
        if (problems.Length > 0)
        {
            await Console.Error.WriteLineAsync(string.Join(Environment.NewLine, problems));
            return 2;
        }

        if (logFolder is not null)
        {
            Directory.CreateDirectory(logFolder);
        }

        if (run.Scale.IsSmoke)
        {
            Console.WriteLine("smoke: the counts are far smaller than described");
        }

        var results = new List<AttackResult>();
        Attack[] chosen = [.. all.Where(attack => names.Length == 0 || names.Contains(attack.Name))];
        for (int i = 0; i < chosen.Length; i++)
        {
            Console.WriteLine($"{i + 1} of {chosen.Length}  {chosen[i].Name}: {chosen[i].Description}");
            foreach (ProgramUnderAttack program in programs)
            {
                AttackResult result = await run.RunAsync(chosen[i], program.Name, program.Path, cancellation);
                Console.WriteLine(AttackTable.Lines(result));
                results.Add(result);
            }
        }

        foreach (IDisposable attack in all.OfType<IDisposable>())
        {
            attack.Dispose();
        }

        string machine = $"{Environment.ProcessorCount} cores, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}";
        Console.WriteLine($"\n{DateTime.UtcNow:yyyy-MM-dd}, {machine}\n");
        Console.WriteLine(AttackTable.Markdown(results));
        Console.WriteLine(AttackTable.Verdict(results));
        return results.TrueForAll(static result => result.Faults.Count == 0) ? 0 : 1;
    }
}
