namespace Llumnix.Server.Options.Parsing;

/// <summary>Applies assignments, weakest first, so that the strongest wins. Overridden texts are checked too.</summary>
internal static class OptionAssigner
{
    public static EffectiveOptions Apply(IReadOnlyList<OptionAssignment> assignments, List<OptionProblem> problems)
    {
        var options = new SchedulerOptions();
        var sources = new Dictionary<string, OptionSource>();
        foreach (OptionAssignment assignment in assignments.Where(assignment => assignment.Option.Binding is not null))
        {
            SchedulerOptions? applied = assignment.Option.Binding!.Apply(assignment.Text, options);
            if (applied is null)
            {
                // The value is not quoted in the message: it may be a secret that was meant for another option.
                problems.Add(new OptionProblem(assignment.Source, $"the value must be {assignment.Option.Binding.Expected}"));
                continue;
            }

            options = applied;
            sources[assignment.Option.Name] = assignment.Source;
        }

        return new EffectiveOptions(options, sources, []);
    }
}
