namespace Llumnix.Attacks.Harness;

/// <summary>One attack on a scheduler. Bounded by itself, and by <see cref="Scale.Limit"/>.</summary>
internal abstract class Attack
{
    /// <summary>Its name on the command line.</summary>
    internal abstract string Name { get; }

    /// <summary>What it does, in one line.</summary>
    internal abstract string Description { get; }

    /// <summary>The fleet that it needs.</summary>
    internal virtual FleetKind Fleet(Scale scale) => FleetKind.Full;

    /// <summary>Port of the fleet's llumlets; 0 for a fleet without.</summary>
    internal virtual int LlumletPort => 0;

    /// <summary>Further flags of the scheduler.</summary>
    internal virtual IReadOnlyList<string> Flags => [];

    /// <summary>Whether the start of the scheduler is part of the attack.</summary>
    internal virtual bool BeginsAtStart => false;

    /// <summary>What is to be done before the scheduler starts.</summary>
    internal virtual Task PrepareAsync(Scene scene, CancellationToken cancellation) => Task.CompletedTask;

    /// <summary>Attacks.</summary>
    internal abstract Task RunAsync(Scene scene, CancellationToken cancellation);
}
