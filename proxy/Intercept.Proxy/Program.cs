Console.Error.WriteLine("intercept-proxy: not wired yet");
return 1;
