using Llumnix.EngineEmulator;

namespace Llumnix.Cli.Tests.Disaggregation;

/// <summary>Emulated prefill and decode engines behind one of the two gateways, all in this process, with a client.</summary>
internal interface IPdFleet : IAsyncDisposable
{
    /// <summary>The engines, in the order of their roles.</summary>
    EngineHost Engines { get; }

    /// <summary>A client of the gateway.</summary>
    HttpClient Client { get; }

    /// <summary>Waits until neither the gateway nor a scheduler accounts for anything.</summary>
    Task UntilNothingIsHeldAsync();
}
