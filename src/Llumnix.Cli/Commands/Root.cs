using System.CommandLine;
using Llumnix.Adapters.Options.Table;
using Llumnix.Cli.Completion;
using Llumnix.Cli.Demo;
using Llumnix.Cli.Drain;
using Llumnix.Cli.Engines;
using Llumnix.Cli.Explain;
using Llumnix.Cli.Gateway;
using Llumnix.Cli.Llumlet;
using Llumnix.Cli.Profiling;
using Llumnix.Cli.Serve;
using Llumnix.Cli.Simulate;
using Llumnix.Cli.Top;
using Llumnix.Server.Options;

namespace Llumnix.Cli.Commands;

/// <summary>All commands of <c>llumnix</c>, for the parser, the help and completion.</summary>
internal static class Root
{
    /// <summary>Makes them. Those that parse their own command lines are there by name and flags, and are not to be run.</summary>
    internal static RootCommand Create()
    {
        RootCommand root = CommandChoices.AddTo(Commands());
        root.Options.OfType<VersionOption>().Single().Action = new VersionAction();
        return root;
    }

    private static RootCommand Commands() => new("Llumnix for .NET: a request scheduler and gateway for fleets of LLM inference engines.")
    {
        CompletedFlags.Of("serve", "Serves the OpenAI API in front of engines, with load-aware scheduling; its flags: llumnix serve --help.", ServeOptionTable.Instance),
        GatewayKeyCommand.Create(),
        CompletedFlags.Of(
            "gateway", "Serves the OpenAI API in front of a fleet, with schedulers that place the requests; its flags: llumnix gateway --help.", GatewayOptionTable.Instance),
        CompletedFlags.Of("llumlet", "Reads a plain engine beside it and writes its load into the CMS; its flags: llumnix llumlet --help.", LlumletOptionTable.Instance),
        CompletedFlags.Of("scheduler", "Runs the scheduler; its flags: llumnix scheduler --help.", SchedulerOptionsParser.Flags),
        CompletedFlags.Of("rescheduler", "Runs the rescheduler by itself; its flags: llumnix rescheduler --help.", SchedulerOptionsParser.Flags),
        ValidateConfig(),
        EngineCommand.Create(),
        DemoCommand.Create(),
        ProfileCommand.Create(),
        ExplainCommand.Create(),
        DrainCommand.Create(),
        SimulateCommand.Create(),
        TopCommand.Create(),
        CompletionCommand.Create(),
    };

    private static Command ValidateConfig()
    {
        Command command = CompletedFlags.Of(
            "validate-config",
            "Checks flags, environment and files of scheduler, rescheduler, serve, gateway or llumlet without a start: llumnix validate-config gateway --port 8089.",
            SchedulerOptionsParser.Flags);
        command.Add(new Option<bool>("--json") { Description = "Print JSON." });
        command.Add(new Option<bool>("--fleet") { Description = "Tell the class of --latency-profiles of each instance in the CMS." });
        foreach ((string name, OptionTable table) in new (string, OptionTable)[]
        {
            ("scheduler", SchedulerOptionsParser.Flags), ("rescheduler", SchedulerOptionsParser.Flags), ("serve", ServeOptionTable.Instance), ("gateway", GatewayOptionTable.Instance), ("llumlet", LlumletOptionTable.Instance),
        })
        {
            command.Add(CompletedFlags.Of(name, $"Checks those of {name}.", table));
        }

        return command;
    }
}
