// Loads the page anew after some seconds: <script src="…/reload.js" data-seconds="15" defer></script>
const { seconds } = document.currentScript.dataset;

setTimeout(() => window.location.reload(), Number(seconds) * 1000);
