namespace Llumnix.Cli.Simulate;

/// <summary>The pattern of arrivals.</summary>
internal enum ArrivalPattern
{
    /// <summary>As in the trace, sped up to the wanted rate.</summary>
    Trace,

    /// <summary>A Poisson process.</summary>
    Poisson,

    /// <summary>In bursts: a quarter of the time at three times the mean rate, the rest at a third of it.</summary>
    Bursty,

    /// <summary>Like a day, in half an hour: the rate swings between half and one and a half times the mean.</summary>
    Diurnal,
}
