"""The reference's receiver: Flask, each alert printed, nothing kept. Run by `flask run` and by gunicorn."""

from datetime import datetime

from flask import Flask, request

app = Flask(__name__)


@app.route("/webhook", methods=["POST"])
def webhook():
    data = request.json
    print(f"🚨 ALERTE REÇUE - {datetime.now():%Y-%m-%d %H:%M:%S}")
    print("=" * 50)
    for alert in data.get("alerts", []):
        print(f"📊 Status: {alert.get('status', 'N/A').upper()}")
        print(f"🏷️  Alert: {alert.get('labels', {}).get('alertname', 'N/A')}")
        print(f"📝 Summary: {alert.get('annotations', {}).get('summary', 'N/A')}")
        print("-" * 30)
    return "Alert received", 200


@app.route("/health")
def health():
    return "Webhook server is running!"
