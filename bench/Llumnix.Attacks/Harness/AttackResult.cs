namespace Llumnix.Attacks.Harness;

/// <summary>What was seen of one program under one attack.</summary>
/// <param name="Attack">The attack's name.</param>
/// <param name="Program">The program's name.</param>
/// <param name="End">How the process is after it, or how it ended.</param>
/// <param name="IsAlive">Whether it still ran.</param>
/// <param name="MemoryMiB">Resident memory before, at its peak, and after, in MiB.</param>
/// <param name="Before">The good clients undisturbed.</param>
/// <param name="During">The good clients during the attack.</param>
/// <param name="After">The good clients afterwards.</param>
/// <param name="LongestP99Ms">What 99 of 100 good requests may take during the attack.</param>
/// <param name="LogLines">Lines that were logged from the beginning of the attack on.</param>
/// <param name="LogBytes">Bytes of them.</param>
/// <param name="Answers">How the attacker was answered.</param>
internal sealed record AttackResult(
    string Attack,
    string Program,
    string End,
    bool IsAlive,
    (long Before, long Peak, long After) MemoryMiB,
    ClientFigures Before,
    ClientFigures During,
    ClientFigures After,
    double LongestP99Ms,
    long LogLines,
    long LogBytes,
    Answers Answers)
{
    private const int MostLogLines = 200;

    /// <summary>What the scheduler should not have let happen; empty when it has withstood the attack.</summary>
    internal IReadOnlyList<string> Faults =>
    [
        .. IsAlive ? (string[])[] : [End],
        .. Before.Failed + During.Failed + After.Failed == 0 ? (string[])[] : ["good requests failed"],
        .. During.P99Ms <= LongestP99Ms ? (string[])[] : ["good clients waited for more than a second"],
        .. Answers.ServerErrors == 0 ? (string[])[] : ["answered 500"],
        .. LogLines <= MostLogLines ? (string[])[] : ["flooded its log"],
    ];
}
