using Llumnix.WebConsole.Tests.Browser;
using Xunit.Sdk;
using Xunit.v3;

[assembly: AssemblyFixture(typeof(Chromium))]
// A page of its own for each test takes more than a core.
[assembly: Parallelization(Mode = ParallelMode.None)]
