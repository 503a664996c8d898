namespace AdaptCluster.Silo.Logs;

/// <summary>Configures the events to log and their format, for a silo that runs as a server.</summary>
internal static class SiloLogs
{
    /// <summary>Adds the console log with its format and filters.</summary>
    public static void AddSiloLogs(this ILoggingBuilder logging, LogSettings settings)
    {
        logging.AddConsole(o => (o.FormatterName, o.LogToStandardErrorThreshold) = (EventFormatter.FormatterName, LogLevel.Trace));
        logging.AddConsoleFormatter<EventFormatter, EventFormatterOptions>(o => o.IsJson = settings.IsJson);
        logging.AddFilter("Orleans", LogLevel.Warning)
            // It logs every failed statement of an outage with a stack trace. StoreFaults reports the outage once.
            .AddFilter("Microsoft.EntityFrameworkCore", LogLevel.Critical)
            .AddFilter("Microsoft.AspNetCore", LogLevel.Warning)
            // At each start, the watchdog mistakes the machine's uptime for a stall.
            .AddFilter("Orleans.Runtime.Watchdog", LogLevel.Error)
            // Polly logs its own retries; DataProtection logs that keys are stored unencrypted, which docs/operators/security.md covers.
            .AddFilter("Polly", LogLevel.Error).AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error)
            // It logs an error at every probe while a silo is not ready. The checks themselves log each change once.
            .AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None);
    }

    /// <summary>Writes a message that is not an event, such as the silo's startup message, in the configured log format.</summary>
    public static async Task WriteMessageAsync(this TextWriter log, LogSettings settings, string message) =>
        await log.WriteLineAsync(settings.IsJson ? EventFormatter.Json(message, TimeProvider.System) : message);
}
