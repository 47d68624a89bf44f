using Llumnix.Attacks.Connections;
using Llumnix.Attacks.Harness;
using Llumnix.Attacks.Logs;
using Llumnix.Attacks.Memory;

namespace Llumnix.Attacks;

/// <summary>The attacks, in the order in which they run.</summary>
internal static class AllAttacks
{
    internal static IReadOnlyList<Attack> Make() =>
    [
        new AnnouncedBodies(),
        new LargeBodies(),
        new UnfinishedHeaders(),
        new LongIds(isFullMode: true),
        new LongIds(isFullMode: false),
        new ReportIds(),
        new ReleaseRows(),
        new LargeValue(isFullMode: true),
        new LargeValue(isFullMode: false),
        new WebSockets(),
        new StoreOutage(isFullMode: true),
        new StoreOutage(isFullMode: false),
        new DeadKeys(),
        new BadReports(),
        new CutBodies(),
        new DeadLlumlet(),
        new Scrapers(),
    ];
}
