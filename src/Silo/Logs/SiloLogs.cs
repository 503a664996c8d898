namespace AdaptCluster.Silo.Logs;

/// <summary>The log of a silo that serves: which events are written, and how.</summary>
internal static class SiloLogs
{
    /// <summary>Adds it.</summary>
    public static void AddSiloLogs(this ILoggingBuilder logging, LogSettings settings)
    {
        logging.AddConsole(o => (o.FormatterName, o.LogToStandardErrorThreshold) = (EventFormatter.FormatterName, LogLevel.Trace));
        logging.AddConsoleFormatter<EventFormatter, EventFormatterOptions>(o => o.IsJson = settings.IsJson);
        logging.AddFilter("Orleans", LogLevel.Warning)
            // It writes each statement of an outage with a stack trace; StoreFaults says the same once.
            .AddFilter("Microsoft.EntityFrameworkCore", LogLevel.Critical)
            .AddFilter("Microsoft.AspNetCore", LogLevel.Warning)
            // At each start it takes the machine's uptime for a stall.
            .AddFilter("Orleans.Runtime.Watchdog", LogLevel.Error)
            // Retries of its own, and that keys lie unencrypted in the store, which docs/security.md says.
            .AddFilter("Polly", LogLevel.Error).AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error)
            // It writes an error at every probe that a silo is not ready; the checks write what an operator must know, once.
            .AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None);
    }

    /// <summary>Writes what a silo says beside its events, such as its greeting, in the log's form.</summary>
    public static async Task SayAsync(this TextWriter log, LogSettings settings, string message) =>
        await log.WriteLineAsync(settings.IsJson ? EventFormatter.Json(message, TimeProvider.System) : message);
}
