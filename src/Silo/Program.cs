using AdaptCluster.Contracts;
using AdaptCluster.Silo;
using AdaptCluster.Silo.Hosting;

using var ending = new CancellationTokenSource();
using var onTerm = System.Runtime.InteropServices.PosixSignalRegistration.Create(System.Runtime.InteropServices.PosixSignal.SIGTERM, End);
using var onInterrupt = System.Runtime.InteropServices.PosixSignalRegistration.Create(
    System.Runtime.InteropServices.PosixSignal.SIGINT, End);
try
{
    var settings = HostSettings.FromEnvironment();
    await SiloProgram.RunAsync(settings with { Silo = settings.Silo with { Verbose = true } }, Console.Error, ending.Token);
    return 0;
}
catch (AdaptClusterException e)
{
    await Console.Error.WriteLineAsync($"silo: {e.Message}");
    return e is InvalidInputException ? 2 : 1;
}

void End(System.Runtime.InteropServices.PosixSignalContext context)
{
    context.Cancel = true;
    ending.Cancel();
}
