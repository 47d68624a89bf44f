using System.CommandLine;
using System.CommandLine.Help;
using Llumnix.Cli.Simulate;
using Llumnix.Cli.Simulate.ScenarioFiles;
using Llumnix.Cli.Top;
using Llumnix.Simulation.Engines;

namespace Llumnix.Cli.Completion;

/// <summary>What completion offers for the commands beyond what their options say of themselves.</summary>
internal static class CommandChoices
{
    /// <summary>Adds the choices of options that take one of a few names, and takes out what is not usual on this system.</summary>
    /// <param name="root">The root with all commands.</param>
    /// <returns>The same root.</returns>
    internal static RootCommand AddTo(RootCommand root)
    {
        if (!OperatingSystem.IsWindows() && root.Options.OfType<HelpOption>().SingleOrDefault() is { } help)
        {
            help.Aliases.Remove("/h");
            help.Aliases.Remove("/?");
        }

        // Help has them in lower case; any case is read.
        Offer(root, "top", "--sort", [.. Enum.GetNames<TopOrder>().Select(static name => name.ToLowerInvariant())]);
        Offer(root, "simulate", "--profile", [.. EngineProfiles.Names]);
        Offer(root, "simulate", "--mode", ScenarioTypes.Mode.Kind.Split('|'));
        Offer(root, "simulate", "--workload", [.. WorkloadMaker.BuiltInNames]);
        Offer(root, "simulate", "--arrivals", ScenarioTypes.Arrivals.Kind.Split('|'));
        Offer(root, "simulate", "--compare", [.. ContestantText.Names]);
        return root;
    }

    private static void Offer(RootCommand root, string command, string option, string[] names)
    {
        Option found = root.Subcommands.Single(known => known.Name == command).Options.Single(known => known.Name == option);
        found.CompletionSources.Clear();
        found.CompletionSources.Add(names);
    }
}
